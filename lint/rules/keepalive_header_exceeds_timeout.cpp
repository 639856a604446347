// Rule: clients are told to keep a connection longer than nginx does.
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"keepalive_timeout"};

void check(const RuleInput& input, Report& report) {
  for (const Directive at : client_statements(input.config, "keepalive_timeout")) {
    if (at.arg_count() < 2) continue;
    const auto timeout = parse_time(at.arg(0)), header = parse_time(at.arg(1));
    if (!timeout || !header || *header <= *timeout || timeout->count() == 0) continue;
    Diagnostic out = finding(
        Severity::kWarning, at.head_span(),
        fmt::format("clients are told `Keep-Alive: timeout={}`, but nginx closes the connection "
                    "after {} s: what they send on it after that fails; the second value should be "
                    "smaller than the first",
                    std::chrono::duration_cast<std::chrono::seconds>(*header).count(),
                    std::chrono::duration_cast<std::chrono::seconds>(*timeout).count()));
    out.fix = safe_fix("announce no more than what is kept", {replace_argument(at, 1, at.arg(0))});
    report.add(std::move(out));
  }
}

}  // namespace

Rule keepalive_header_exceeds_timeout() {
  return {.name = "keepalive-header-exceeds-timeout",
          .group = Group::kClient,
          .severity = Severity::kWarning,
          .summary =
              "The second argument of `keepalive_timeout` is larger than the first: clients reuse "
              "connections that are closed already.",
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
