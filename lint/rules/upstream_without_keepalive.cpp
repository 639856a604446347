// Rule: an upstream group that is proxied to has no pool, which before 1.29.7 nobody gives it by
// default.
#include <algorithm>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/told/advice.h"

namespace poolproof::lint {
namespace {

/// FastCGI keeps connections only where the location asks for it.
bool could_pool(const Location& location) {
  if (!location.pass) return false;
  switch (location.pass->protocol) {
    case Protocol::kHttp:
    case Protocol::kGrpc:
    case Protocol::kMemcached:
      return true;
    case Protocol::kFastcgi:
      return location.scope->flag_or("fastcgi_keep_conn", false);
    case Protocol::kScgi:
    case Protocol::kUwsgi:
      return false;
  }
  return false;
}

bool is_used(const Upstream& upstream) {
  return std::any_of(upstream.users.begin(), upstream.users.end(),
                     [](const Location* user) { return could_pool(*user); });
}

void check(const RuleInput& input, Report& report) {
  if (input.version >= kPoolByDefault) return;
  for (const Upstream& upstream : input.config.upstreams()) {
    if (upstream.implicit || upstream.keepalive.origin.kind != OriginKind::kDefault) continue;
    if (!is_used(upstream)) continue;
    const std::size_t count = input.told.load()
                                  ? advice_for(input, upstream).keepalive
                                  : std::max<std::size_t>(32, 2 * upstream.peers.size());
    Diagnostic out = finding(
        Severity::kWarning, upstream.at.head_span(),
        fmt::format("upstream `{}` has no `keepalive`, so each request opens a new connection to "
                    "it; add `keepalive {}` (idle connections for each worker)",
                    upstream.name, count));
    out.fix = unsafe_fix("keep idle connections",
                         {insert_at_end(upstream.at, fmt::format("keepalive {};", count))});
    report.add(std::move(out));
  }
}

}  // namespace

Rule upstream_without_keepalive() {
  return {.name = "upstream-without-keepalive",
          .group = Group::kPool,
          .severity = Severity::kWarning,
          .summary = "An upstream that is proxied to keeps no idle connections.",
          .changes_at = {},
          .fix = Applicability::kUnsafe,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
