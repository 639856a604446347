// Rule: a workaround for a browser of 2008.
#include <array>

#include <fmt/format.h>

#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"keepalive_disable"};

bool names_safari(Directive at) {
  for (std::size_t i = 0; i < at.arg_count(); ++i) {
    if (at.arg(i) == "safari") return true;
  }
  return false;
}

void check(const RuleInput& input, Report& report) {
  for (const Directive at : client_statements(input.config, "keepalive_disable")) {
    if (!names_safari(at)) continue;
    Diagnostic out = finding(
        Severity::kWarning, at.head_span(),
        "every Safari on macOS, and what looks like it, needs a new connection for each request: "
        "a workaround for a fault of 2008; remove the line");
    out.fix = safe_fix("remove the workaround", {remove_statement(at)});
    report.add(std::move(out));
  }
}

}  // namespace

Rule keepalive_disabled_for_safari() {
  return {.name = "keepalive-disabled-for-safari",
          .group = Group::kClient,
          .severity = Severity::kWarning,
          .summary = "`keepalive_disable safari` turns keep-alive off for every Safari on macOS.",
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
