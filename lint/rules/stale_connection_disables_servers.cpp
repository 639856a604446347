// Rule: errors of stale connections count as failures of the server, until none is left.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/told/idle_times.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"upstream"};

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    // A lone server is never marked as failed.
    if (upstream.peers.size() < 2) continue;
    const auto closing = first_to_close(input, upstream);
    if (!closing || !meets_closing(upstream, closing->idle)) continue;
    const auto marked = std::find_if(upstream.peers.begin(), upstream.peers.end(),
                                     [](const Peer& peer) { return peer.max_fails == 1; });
    if (marked == upstream.peers.end()) continue;
    Diagnostic out = finding(
        Severity::kWarning, marked->at.head_span(),
        fmt::format("one request that meets the closing of an idle connection takes this server "
                    "out for {} s (`max_fails` is 1), and with the last one upstream `{}` answers "
                    "502 to all; close idle connections earlier, and write `max_fails=3`",
                    marked->fail_timeout.count() / 1000, upstream.name));
    out.notes.push_back({closing->note.at, "what closes first is said here"});
    report.add(std::move(out));
  }
}

}  // namespace

Rule stale_connection_disables_servers() {
  return {.name = "stale-connection-disables-servers",
          .group = Group::kPool,
          .severity = Severity::kWarning,
          .summary =
              "Connections that the backend closes first count against `max_fails`: one can take a "
              "server out.",
          .needs = kNeeds,
          .for_told_backends = true,
          .check = check};
}

}  // namespace poolproof::lint
