// Rule: without reuse, and at the rate that the user tells, the ports towards a backend run out.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/reuse.h"
#include "lint/sizing/recommend.h"
#include "lint/told/advice.h"

namespace poolproof::lint {
namespace {

/// Linux: 28,232 ports (32768 to 60999), each of them 60 s in TIME_WAIT.
constexpr double kPortsPerSecond = 28'232.0 / 60;

bool is_local(const Peer& peer) {
  return peer.address.starts_with("unix:");
}

void check(const RuleInput& input, Report& report) {
  if (!input.told.requests_per_second) return;
  const double rate = *input.told.requests_per_second / input.told.instances;
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->upstream == nullptr) continue;
    const Upstream& upstream = *location.pass->upstream;
    if (std::any_of(upstream.peers.begin(), upstream.peers.end(), is_local)) continue;
    const double bearable = kPortsPerSecond * serving_peers(upstream);
    if (rate <= bearable) continue;
    if (reuse_of(input.config, location).pooled != Pooled::kNever) continue;
    report.add(finding(
        Severity::kWarning, location.pass->at.head_span(),
        fmt::format("no connection is reused here, and at {} requests per second the ports towards "
                    "`{}` run out: a port rests 60 s after use, so {} a second is the most; nginx "
                    "then answers 502",
                    readable(rate), location.pass->target, readable(bearable))));
  }
}

}  // namespace

Rule ephemeral_ports_exhausted() {
  return {.name = "ephemeral-ports-exhausted",
          .group = Group::kSizing,
          .severity = Severity::kWarning,
          .summary =
              "At the rate that is told (--qps) a location without reuse uses up the ports towards "
              "its backend.",
          .check = check};
}

}  // namespace poolproof::lint
