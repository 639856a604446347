// Rule: fewer idle connections than servers, so that some server never keeps one.
#include <algorithm>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/told/advice.h"

namespace poolproof::lint {
namespace {

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    const auto& keepalive = upstream.keepalive;
    if (upstream.implicit || keepalive.origin.kind != OriginKind::kExplicit) continue;
    const auto peers = static_cast<std::uint32_t>(
        std::count_if(upstream.peers.begin(), upstream.peers.end(),
                      [](const Peer& peer) { return !peer.backup && !peer.down; }));
    const std::uint32_t kept = keepalive.value.connections;
    if (kept == 0 || kept >= peers) continue;
    const Directive at = keepalive.origin.directive;
    const Recommendation advice = advice_for(input, upstream);
    Diagnostic out = finding(
        Severity::kWarning, at.head_span(),
        fmt::format(
            "upstream `{}` has {} servers but a worker keeps only {} idle connection{}, so with "
            "requests going round most of them open a new one; keep {}: {}",
            upstream.name, peers, kept, kept == 1 ? "" : "s", advice.keepalive, advice.reason));
    out.fix = unsafe_fix(fmt::format("keep {} idle connections", advice.keepalive),
                         {replace_argument(at, 0, fmt::format("{}", advice.keepalive))});
    report.add(std::move(out));
  }
}

}  // namespace

Rule keepalive_below_server_count() {
  return {.name = "keepalive-below-server-count",
          .group = Group::kSizing,
          .severity = Severity::kWarning,
          .summary = "`keepalive` is smaller than the number of the upstream's servers.",
          .changes_at = {},
          .fix = Applicability::kUnsafe,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
