// Rule: a setting of sendfile, and no sendfile.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"tcp_nopush on"};

/// The blocks in which the statement holds: its own, and those below that have none.
bool is_in_vain(const RuleInput& input, Directive at) {
  std::vector<const Scope*> scopes{input.config.http()};
  for (const Server& server : input.config.servers()) scopes.push_back(server.scope);
  for (const Location& location : input.config.locations()) scopes.push_back(location.scope);
  bool holds = false;
  for (const Scope* scope : scopes) {
    if (scope == nullptr || scope->find("tcp_nopush").last() != at) continue;
    holds = true;
    if (scope->flag_or("sendfile", false)) return false;
  }
  return holds;
}

/// Beside it, so that somebody meant it.
bool is_turned_off(Directive at) {
  for (const Directive each : children(at.parent())) {
    if (each.name() == "sendfile") return true;
  }
  return false;
}

void check(const RuleInput& input, Report& report) {
  // What a fragment does not show may be in the file that includes it.
  if (input.bound.is_snippet() || input.bound.incomplete()) return;
  for (const Directive at : client_statements(input.config, "tcp_nopush")) {
    if (parse_flag(at.arg(0)) != true || !is_in_vain(input, at)) continue;
    Diagnostic out =
        finding(Severity::kInfo, at.head_span(),
                "`tcp_nopush` works with `sendfile on` only, which is not set here, so "
                "it does nothing");
    if (!is_turned_off(at)) {
      out.fix = unsafe_fix("send files with sendfile", {insert_before(at, "sendfile on;")});
    }
    report.add(std::move(out));
  }
}

}  // namespace

Rule tcp_nopush_without_sendfile() {
  return {.name = "tcp-nopush-without-sendfile",
          .group = Group::kClient,
          .severity = Severity::kInfo,
          .summary = "`tcp_nopush on` without `sendfile on` does nothing.",
          .changes_at = {},
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
