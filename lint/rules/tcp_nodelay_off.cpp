// Rule: small writes wait for the client's acknowledgement.
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"tcp_nodelay"};

void check(const RuleInput& input, Report& report) {
  for (const Directive at : client_statements(input.config, "tcp_nodelay")) {
    if (parse_flag(at.arg(0)) != false) continue;
    Diagnostic out = finding(
        Severity::kWarning, at.head_span(),
        "with `tcp_nodelay off` the last packet of an answer may wait for the client's delayed "
        "acknowledgement, 40 to 200 ms on a kept connection; remove the line for the default, on");
    out.fix = safe_fix("go back to the default, on", {remove_statement(at)});
    report.add(std::move(out));
  }
}

}  // namespace

Rule tcp_nodelay_off() {
  return {.name = "tcp-nodelay-off",
          .group = Group::kClient,
          .severity = Severity::kWarning,
          .summary =
              "`tcp_nodelay off`: on kept connections small packets wait for acknowledgements that "
              "come late.",
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
