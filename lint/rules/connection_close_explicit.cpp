// Rule: the configuration itself tells a pooled upstream to close.
#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/location_fix.h"
#include "lint/pooled_findings.h"

namespace poolproof::lint {
namespace {

void check(const RuleInput& input, Report& report) {
  for (const auto& [location, upstream, reason] : input.pooled.of("connection-close-explicit")) {
    const HeaderField& field = *reason.field;
    const bool wanted = upstream->keepalive.origin.kind == OriginKind::kExplicit;
    Diagnostic out = finding(
        wanted ? Severity::kWarning : Severity::kInfo, field.at.head_span(),
        fmt::format("`Connection: close` goes to upstream `{}` with every request, so its idle "
                    "connections are never used; send it empty, or take the pool away on purpose",
                    upstream->name));
    out.notes.push_back({location->pass->at.head_span(), "passed on here"});
    out.fix = change_header_fix(input, *location, "send no Connection header", field, "");
    report.add(std::move(out));
  }
}

}  // namespace

Rule connection_close_explicit() {
  return {.name = "connection-close-explicit",
          .group = Group::kHeaders,
          .severity = Severity::kWarning,
          .summary = "`Connection: close` is sent to a pooled upstream with every request.",
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
