// Rule: an outer level sets the Connection header, and an inner proxy_set_header replaces that
// whole list.
#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/location_fix.h"
#include "lint/pool_facts.h"
#include "lint/pooled_findings.h"
#include "lint/unread_includes.h"

namespace poolproof::lint {
namespace {

void check(const RuleInput& input, Report& report) {
  for (const auto& [location, upstream, reason] :
       input.pooled.of("set-header-drops-inherited-connection")) {
    const Directive lost = lost_connection_header(*location);
    const SourceSpan here = location->set_headers.value.front().at.head_span();
    Diagnostic out = finding(
        Severity::kError, here,
        fmt::format(
            "`Connection` is set at {}, but the `proxy_set_header` here replaces that whole set: "
            "nginx sends `Connection: close` and the idle connections of upstream `{}` are never "
            "used; repeat it here",
            place(input, lost.span(), here), upstream->name));
    out.notes.push_back({lost.head_span(), "set here"});
    if (here.file != location->pass->at.span().file) {
      out.notes.push_back({location->pass->at.head_span(), "passed on here"});
    }
    const std::string statement =
        fmt::format("proxy_set_header Connection {};", quoted_if_needed(lost.arg(1)));
    out.fix = add_header_fix(input, *location, "repeat the Connection header", statement);
    hedge_if_unread(input, *location, out);
    report.add(std::move(out));
  }
}

}  // namespace

Rule set_header_drops_inherited_connection() {
  return {
      .name = "set-header-drops-inherited-connection",
      .group = Group::kHeaders,
      .severity = Severity::kError,
      .summary = "An inner `proxy_set_header` replaces the outer set that cleared `Connection`.",
      .fix = Applicability::kSafe,
      .check = check};
}

}  // namespace poolproof::lint
