// Rule: a pooled upstream is spoken to over HTTP/1.0 because nothing says otherwise.
#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/location_fix.h"
#include "lint/pooled_findings.h"
#include "lint/unread_includes.h"

namespace poolproof::lint {
namespace {

void check(const RuleInput& input, Report& report) {
  for (const auto& [location, upstream, reason] : input.pooled.of("upstream-http-version-not-11")) {
    if (reason.backend_decides) {
      report.add(http10_that_asks_to_keep(*location, *upstream, location->pass->at.head_span()));
      continue;
    }
    Diagnostic out = finding(
        Severity::kError, location->pass->at.head_span(),
        fmt::format(
            "upstream `{}` keeps idle connections, but this location speaks HTTP/1.0 to it, so "
            "each request opens a new one; set `proxy_http_version 1.1`",
            upstream->name));
    out.notes.push_back(
        {upstream->keepalive.origin.directive.head_span(), "the pool that stays empty"});
    out.fix = speak_http11_fix(input, *location);
    hedge_if_unread(input, *location, out);
    report.add(std::move(out));
  }
}

}  // namespace

Rule upstream_http_version_not_11() {
  return {.name = "upstream-http-version-not-11",
          .group = Group::kPool,
          .severity = Severity::kError,
          .summary = "A pooled upstream is spoken to over HTTP/1.0, which closes every connection.",
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
