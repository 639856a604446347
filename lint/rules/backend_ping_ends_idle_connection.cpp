// Rule: a ping of the backend makes nginx close the connection that it keeps.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/told/backend_notes.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 2> kNeeds = {"grpc_pass", "proxy_http_version 2"};

/// Pings are frames of HTTP/2.
bool is_spoken_to_in_http2(const Upstream& upstream) {
  return std::any_of(upstream.users.begin(), upstream.users.end(), [](const Location* user) {
    return user->pass &&
           (user->pass->protocol == Protocol::kGrpc || user->http_version.value == HttpVersion::k2);
  });
}

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool() || !is_spoken_to_in_http2(upstream)) continue;
    for (const Peer& peer : upstream.peers) {
      const BackendNote note = input.backends.of(peer);
      if (!note.ping || upstream.keepalive_timeout.value < *note.ping) continue;
      Diagnostic out = finding(
          Severity::kInfo, peer.at.head_span(),
          fmt::format(
              "the backend pings idle connections every {} s, and nginx closes one on which "
              "anything comes while it is idle; a `keepalive_timeout` below that in upstream "
              "`{}` at least ends it before the ping is on its way",
              static_cast<double>(note.ping->count()) / 1000, upstream.name));
      out.notes.push_back({note.at, "said here"});
      report.add(std::move(out));
      break;
    }
  }
}

}  // namespace

Rule backend_ping_ends_idle_connection() {
  return {.name = "backend-ping-ends-idle-connection",
          .group = Group::kPool,
          .severity = Severity::kInfo,
          .summary =
              "A gRPC backend pings idle connections (said in a comment), and nginx closes each "
              "that is pinged.",
          .needs = kNeeds,
          .for_told_backends = true,
          .check = check};
}

}  // namespace poolproof::lint
