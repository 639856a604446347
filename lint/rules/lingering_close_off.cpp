// Rule: connections are closed while the client still sends.
#include <array>

#include <fmt/format.h>

#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"lingering_close"};

void check(const RuleInput& input, Report& report) {
  for (const Directive at : client_statements(input.config, "lingering_close")) {
    if (at.arg(0) != "off") continue;
    Diagnostic out = finding(
        Severity::kWarning, at.head_span(),
        "with `lingering_close off` nginx closes while a client still sends its body: the reset "
        "destroys the answer on its way (a 413 is never seen); remove the line");
    out.fix = safe_fix("go back to the default, on", {remove_statement(at)});
    report.add(std::move(out));
  }
}

}  // namespace

Rule lingering_close_off() {
  return {.name = "lingering-close-off",
          .group = Group::kClient,
          .severity = Severity::kWarning,
          .summary = "`lingering_close off`: the client may lose the answer to an upload.",
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
