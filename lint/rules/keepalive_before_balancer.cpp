// Rule: before 1.29.7 a balancing method that follows `keepalive` takes the pool away.
#include <fmt/format.h>

#include "lint/finding.h"

namespace poolproof::lint {
namespace {

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.pool_lost_to_method || !upstream.balancer_directive) continue;
    const Directive keepalive = upstream.keepalive.origin.directive;
    const Directive method = upstream.balancer_directive;
    if (!keepalive) continue;
    const SourceSpan here = keepalive.head_span();
    Diagnostic out = finding(
        Severity::kError, here,
        fmt::format(
            "`{}` at {} follows `keepalive` and replaces it: upstream `{}` has no pool; put "
            "`keepalive` after the method",
            method.name(), place(input, method.span(), here), upstream.name));
    out.notes.push_back({method.head_span(), "replaces the pool"});
    if (method.file() == keepalive.file()) {
      out.fix = safe_fix(
          "move `keepalive` below the method",
          {remove_statement(keepalive), insert_after(method, text_with_comment(keepalive))});
    }
    report.add(std::move(out));
  }
}

}  // namespace

Rule keepalive_before_balancer() {
  return {.name = "keepalive-before-balancer",
          .group = Group::kPool,
          .severity = Severity::kError,
          .summary = "A balancing method after `keepalive` takes the pool away.",
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
