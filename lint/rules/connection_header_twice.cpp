// Rule: two Connection headers are sent.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"proxy_set_header"};

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    const HeaderField* first = nullptr;
    for (const HeaderField& field : location.set_headers.value) {
      // An empty one is not sent.
      if (field.value.empty() || !equal_ignoring_case(field.name, "Connection")) continue;
      if (first == nullptr) {
        first = &field;
        continue;
      }
      Diagnostic out = finding(
          Severity::kWarning, field.at.head_span(),
          fmt::format("`Connection` is set a second time here: nginx sends both, and the backend "
                      "reads them as one list, in which `close` wins; the first is at {}",
                      place(input, first->at.head_span(), field.at.head_span())));
      out.notes.push_back({first->at.head_span(), "the first"});
      report.add(std::move(out));
    }
  }
}

}  // namespace

Rule connection_header_twice() {
  return {.name = "connection-header-twice",
          .group = Group::kHeaders,
          .severity = Severity::kWarning,
          .summary =
              "`proxy_set_header Connection` twice in one block: both are sent, and `close` wins.",
          .needs = kNeeds,
          .check = check};
}

}  // namespace poolproof::lint
