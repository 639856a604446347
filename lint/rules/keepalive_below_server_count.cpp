// Rule: fewer idle connections than servers, so that some server never keeps one.
#include <set>
#include <string>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/told/advice.h"

namespace poolproof::lint {
namespace {

/// These send one key (address, cookie, text) to one server, whatever the others have idle.
bool fixes_server_of_a_key(Balancer balancer) {
  return balancer == Balancer::kIpHash || balancer == Balancer::kHash ||
         balancer == Balancer::kHashConsistent || balancer == Balancer::kSticky;
}

/// Seen with nginx 1.22.1, 5 servers, `keepalive 2`, 8 clients: with `hash` and one key that most
/// requests have, the other servers got 86 to 94 new connections for 100 requests.
std::string what_it_costs(const RuleInput& input, const Upstream& upstream, Directive at) {
  const Balancer balancer = upstream.balancer.value;
  if (!fixes_server_of_a_key(balancer)) {
    return "so with requests going round most of them open a new one";
  }
  const Directive method = upstream.balancer_directive;
  const std::string_view what = balancer == Balancer::kIpHash   ? "client"
                                : balancer == Balancer::kSticky ? "session"
                                                                : "key";
  return fmt::format(
      "and `{}` ({}) sends a {} always to the same server: nothing averages out, and what belongs "
      "to a server that is not among the last used opens a connection for nearly each request",
      method.name(), place(input, method.head_span(), at.head_span()), what);
}

/// The pool goes by address: one that is listed twice is one server to it (1.22.1,
/// ngx_http_upstream_get_keepalive_peer).
std::uint32_t addresses_in_turn(const Upstream& upstream) {
  std::set<std::string> addresses;
  for (const Peer& peer : upstream.peers) {
    if (!peer.backup && !peer.down) addresses.insert(in_lower_case(peer.address));
  }
  return static_cast<std::uint32_t>(addresses.size());
}

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    const auto& keepalive = upstream.keepalive;
    if (upstream.implicit || keepalive.origin.kind != OriginKind::kExplicit) continue;
    const std::uint32_t peers = addresses_in_turn(upstream);
    const std::uint32_t kept = keepalive.value.connections;
    if (kept == 0 || kept >= peers) continue;
    const Directive at = keepalive.origin.directive;
    const Recommendation advice = advice_for(input, upstream);
    const bool fixed = fixes_server_of_a_key(upstream.balancer.value);
    Diagnostic out = finding(
        fixed ? Severity::kError : Severity::kWarning, at.head_span(),
        fmt::format("upstream `{}` has {} servers but a worker keeps only {} idle connection{}, "
                    "{}; keep {}: {}",
                    upstream.name, peers, kept, kept == 1 ? "" : "s",
                    what_it_costs(input, upstream, at), advice.keepalive, advice.reason));
    if (fixed) out.notes.push_back({upstream.balancer_directive.head_span(), "the method"});
    out.fix = unsafe_fix(fmt::format("keep {} idle connections", advice.keepalive),
                         {replace_argument(at, 0, fmt::format("{}", advice.keepalive))});
    report.add(std::move(out));
  }
}

}  // namespace

Rule keepalive_below_server_count() {
  return {.name = "keepalive-below-server-count",
          .group = Group::kSizing,
          .severity = Severity::kError,
          .summary = "`keepalive` is smaller than the number of the upstream's servers.",
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
