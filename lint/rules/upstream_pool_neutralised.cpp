// Rule: a limit inside the upstream makes every pooled connection end with its first request.
#include <fmt/format.h>

#include "lint/finding.h"

namespace poolproof::lint {
namespace {

void report_one(const Upstream& upstream, Directive at, Report& report) {
  if (!at) return;
  Diagnostic out = finding(
      Severity::kError, at.head_span(),
      fmt::format(
          "`{} {}` ends each connection of upstream `{}` after its first request, so the pool "
          "is never of use; remove the line or set a larger value",
          at.name(), at.arg(0), upstream.name));
  out.fix = unsafe_fix("go back to nginx's default", {remove_statement(at)});
  report.add(std::move(out));
}

void check(const RuleInput& input, Report& report) {
  using std::chrono::milliseconds;
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool()) continue;
    if (upstream.keepalive_requests.value <= 1) {
      report_one(upstream, upstream.keepalive_requests.origin.directive, report);
    }
    if (upstream.keepalive_timeout.value == milliseconds(0)) {
      report_one(upstream, upstream.keepalive_timeout.origin.directive, report);
    }
    if (upstream.keepalive_time.value == milliseconds(0)) {
      report_one(upstream, upstream.keepalive_time.origin.directive, report);
    }
  }
}

}  // namespace

Rule upstream_pool_neutralised() {
  return {.name = "upstream-pool-neutralised",
          .group = Group::kPool,
          .severity = Severity::kError,
          .summary = "A limit of the upstream ends every pooled connection after one request.",
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
