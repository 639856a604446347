// Rule: idle connections are kept longer than what is on the way keeps them.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"keepalive_timeout"};

/// What load balancers of large clouds keep an idle flow for: Azure 240 s, AWS (NLB) 350 s; the
/// flow is dropped without a word to either side.
constexpr std::chrono::seconds kShortest{240};

bool leaves_the_machine(const Upstream& upstream) {
  for (const Peer& peer : upstream.peers) {
    const std::string_view address = peer.address;
    const bool here = address.starts_with("unix:") || address.starts_with("127.") ||
                      address.starts_with("localhost") || address.starts_with("[::1]");
    if (!here) return true;
  }
  return false;
}

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    const auto& timeout = upstream.keepalive_timeout;
    if (!upstream.has_pool() || timeout.origin.kind != OriginKind::kExplicit) continue;
    if (timeout.value <= kShortest || !leaves_the_machine(upstream)) continue;
    const Directive at = timeout.origin.directive;
    Diagnostic out = finding(
        Severity::kInfo, at.head_span(),
        fmt::format("idle connections are kept for {} s; firewalls and load balancers on the way "
                    "drop them silently after 240 to 350 s, and the next request hangs until "
                    "`proxy_read_timeout`; 60 s is nginx's default",
                    std::chrono::duration_cast<std::chrono::seconds>(timeout.value).count()));
    out.fix = unsafe_fix("keep idle connections for a minute", {replace_argument(at, 0, "60s")});
    report.add(std::move(out));
  }
}

}  // namespace

Rule upstream_idle_beyond_middlebox() {
  return {.name = "upstream-idle-beyond-middlebox",
          .group = Group::kPool,
          .severity = Severity::kInfo,
          .summary =
              "The upstream's `keepalive_timeout` is so long that firewalls and load balancers on "
              "the way forget the connection.",
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
