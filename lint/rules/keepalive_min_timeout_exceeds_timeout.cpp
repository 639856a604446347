// Rule: the minimum is longer than the whole.
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"keepalive_min_timeout"};

constexpr Version kSince{1, 27, 4};
constexpr std::array kChangesAt = {kSince};

void check(const RuleInput& input, Report& report) {
  if (input.version < kSince) return;
  for (const Directive at : client_statements(input.config, "keepalive_min_timeout")) {
    const auto minimum = parse_time(at.arg(0));
    if (!minimum || minimum->count() == 0) continue;
    for (const Server& server : input.config.servers()) {
      if (server.scope->find("keepalive_min_timeout").last() != at) continue;
      const ClientTimeout client = client_timeout(*server.scope);
      if (*minimum < client.timeout) continue;
      Diagnostic out = finding(
          Severity::kInfo, at.head_span(),
          fmt::format(
              "`keepalive_min_timeout {}` is not below the `keepalive_timeout` of {}, so no "
              "idle connection is ever closed early: not at a reload, and not when "
              "connections run short; make it smaller",
              at.arg(0), client.at ? std::string(client.at.arg(0)) : "75s, the default"));
      if (client.at) out.notes.push_back({client.at.head_span(), "the timeout"});
      report.add(std::move(out));
      break;
    }
  }
}

}  // namespace

Rule keepalive_min_timeout_exceeds_timeout() {
  return {
      .name = "keepalive-min-timeout-exceeds-timeout",
      .group = Group::kClient,
      .severity = Severity::kInfo,
      .summary = "`keepalive_min_timeout` not below `keepalive_timeout`: it can have no effect.",
      .changes_at = kChangesAt,
      .needs = kNeeds,
      .check = check};
}

}  // namespace poolproof::lint
