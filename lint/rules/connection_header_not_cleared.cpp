// Rule: nothing clears the Connection header towards a pooled upstream, so nginx sends its old
// default `close`. Where an outer level cleared it and an inner list replaced that, another rule
// speaks.
#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/location_fix.h"
#include "lint/pooled_findings.h"
#include "lint/unread_includes.h"

namespace poolproof::lint {
namespace {

void check(const RuleInput& input, Report& report) {
  for (const auto& [location, upstream, reason] :
       input.pooled.of("connection-header-not-cleared")) {
    Diagnostic out = finding(
        Severity::kError, location->pass->at.head_span(),
        fmt::format(
            "nothing clears the `Connection` header here, so nginx sends `Connection: close` and "
            "the idle connections of upstream `{}` are never used; set "
            "`proxy_set_header Connection \"\"`",
            upstream->name));
    const auto& list = location->set_headers.value;
    if (!list.empty())
      out.notes.push_back({list.back().at.head_span(), "the headers that are sent"});
    out.fix = add_header_fix(input, *location, "clear the Connection header",
                             "proxy_set_header Connection \"\";");
    hedge_if_unread(input, *location, out);
    report.add(std::move(out));
  }
}

}  // namespace

Rule connection_header_not_cleared() {
  return {.name = "connection-header-not-cleared",
          .group = Group::kHeaders,
          .severity = Severity::kError,
          .summary = "Nothing clears `Connection`, so nginx sends `close` to a pooled upstream.",
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
