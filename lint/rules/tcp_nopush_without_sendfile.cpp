// Rule: a setting of sendfile, and no sendfile.
#include <array>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"tcp_nopush on"};

/// Each statement, and whether sendfile is on in a block for which it holds.
std::map<DirectiveId, bool> statements_with_effect(const RuleInput& input) {
  std::vector<const Scope*> scopes{input.config.http()};
  for (const Server& server : input.config.servers()) scopes.push_back(server.scope);
  for (const Location& location : input.config.locations()) scopes.push_back(location.scope);
  std::map<DirectiveId, bool> out;
  for (const Scope* scope : scopes) {
    const Directive at = scope != nullptr ? scope->find("tcp_nopush").last() : Directive();
    if (!at || parse_flag(at.arg(0)) != true) continue;
    out[at.id()] = out[at.id()] || scope->flag_or("sendfile", false);
  }
  return out;
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
  for (const auto& [id, has_effect] : statements_with_effect(input)) {
    if (has_effect) continue;
    const Directive at = input.bound.directive(id);
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
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
