// Rule: an upstream group that is proxied to has no pool, which before 1.29.7 nobody gives it by
// default.
#include <algorithm>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/sharing_facts.h"
#include "lint/told/advice.h"

namespace poolproof::lint {
namespace {

/// FastCGI keeps connections only where the location asks for it.
bool could_pool(const RuleInput& input, const Upstream& upstream, const Location& location) {
  if (!location.pass) return false;
  switch (location.pass->protocol) {
    case Protocol::kHttp:
    case Protocol::kGrpc:
    case Protocol::kMemcached:
      return true;
    case Protocol::kFastcgi:
      // Where a process serves one connection, a pool would do harm.
      return location.scope->flag_or("fastcgi_keep_conn", false) &&
             !may_pin_processes(input, upstream);
    case Protocol::kScgi:
    case Protocol::kUwsgi:
      return false;
  }
  return false;
}

bool is_used(const RuleInput& input, const Upstream& upstream) {
  return std::any_of(upstream.users.begin(), upstream.users.end(),
                     [&](const Location* user) { return could_pool(input, upstream, *user); });
}

/// To a socket of the file system a connection costs little: no port, no round trip.
bool is_on_this_machine(const Upstream& upstream) {
  return !upstream.peers.empty() &&
         std::all_of(upstream.peers.begin(), upstream.peers.end(),
                     [](const Peer& peer) { return peer.address.starts_with("unix:"); });
}

/// A pool would give requests connections that are not right for them or have nothing to keep, or
/// there is one already.
bool must_not_pool(const RuleInput& input, const Upstream& upstream) {
  return lua_pool(upstream) || mixes_locations(users_of(upstream)) ||
         mixes_requests(input, upstream) || input.backends.all_close_each_time(upstream);
}

void check(const RuleInput& input, Report& report) {
  if (input.version >= kPoolByDefault) return;
  for (const Upstream& upstream : input.config.upstreams()) {
    if (upstream.implicit || upstream.keepalive.origin.kind != OriginKind::kDefault) continue;
    if (!is_used(input, upstream) || must_not_pool(input, upstream)) continue;
    const std::size_t count = input.told.load()
                                  ? advice_for(input, upstream).keepalive
                                  : std::max<std::size_t>(32, 2 * upstream.peers.size());
    Diagnostic out = finding(
        is_on_this_machine(upstream) ? Severity::kInfo : Severity::kWarning,
        upstream.at.head_span(),
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
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
