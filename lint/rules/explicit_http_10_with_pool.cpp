// Rule: somebody chose HTTP/1.0 for an upstream that has a pool.
#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/location_fix.h"
#include "lint/pooled_findings.h"

namespace poolproof::lint {
namespace {

void check(const RuleInput& input, Report& report) {
  for (const auto& [location, upstream, reason] : input.pooled.of("explicit-http-10-with-pool")) {
    const bool wanted = upstream->keepalive.origin.kind == OriginKind::kExplicit;
    if (reason.backend_decides) {
      report.add(http10_that_asks_to_keep(*location, *upstream,
                                          location->http_version.origin.directive.head_span()));
      continue;
    }
    Diagnostic out = finding(
        wanted ? Severity::kError : Severity::kWarning,
        location->http_version.origin.directive.head_span(),
        fmt::format(
            "`proxy_http_version 1.0` leaves the idle connections of upstream `{}` unused: each "
            "request opens a new one; use 1.1 unless the backend cannot",
            upstream->name));
    out.notes.push_back({location->pass->at.head_span(), "passed on here"});
    out.fix = speak_http11_fix(input, *location);
    report.add(std::move(out));
  }
}

}  // namespace

Rule explicit_http_10_with_pool() {
  return {.name = "explicit-http-10-with-pool",
          .group = Group::kPool,
          .severity = Severity::kError,
          .summary = "An explicit `proxy_http_version 1.0` leaves the upstream's pool unused.",
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
