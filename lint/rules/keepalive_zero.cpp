// Rule: `keepalive 0` turns the pool off from 1.29.7 on and is refused by everything older.
#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/sharing_facts.h"

namespace poolproof::lint {
namespace {

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    const auto& keepalive = upstream.keepalive;
    if (upstream.implicit || keepalive.origin.kind != OriginKind::kExplicit) continue;
    const Directive at = keepalive.origin.directive;
    if (at.arg(0) != "0") continue;
    if (input.version < kPoolByDefault) {
      report.add(finding(Severity::kError, at.head_span(),
                         "`keepalive 0` is refused: `invalid value \"0\"`; without the line there "
                         "is no pool either"));
      continue;
    }
    if (mixes_requests(input, upstream)) continue;  // the only right setting
    report.add(
        finding(Severity::kInfo, at.head_span(),
                fmt::format("`keepalive 0` turns the pool of upstream `{}` off, so each request "
                            "opens a new connection; right only if that is meant",
                            upstream.name)));
  }
}

}  // namespace

Rule keepalive_zero() {
  return {.name = "keepalive-zero",
          .group = Group::kSizing,
          .severity = Severity::kError,
          .summary = "`keepalive 0`: no pool from 1.29.7 on, a refused configuration before.",
          .check = check};
}

}  // namespace poolproof::lint
