// Rule: a pool towards a backend that never keeps a connection.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"upstream"};

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool() || upstream.users.empty()) continue;
    for (const Peer& peer : upstream.peers) {
      const BackendNote note = input.backends.of(peer);
      if (!note.closes_each_time()) continue;
      Diagnostic out =
          finding(Severity::kInfo, peer.at.head_span(),
                  fmt::format("{} closes the connection after each answer, so the pool of upstream "
                              "`{}` has nothing to keep for this server: each request opens a "
                              "connection; only a setting of the backend can change that",
                              note.name(), upstream.name));
      out.notes.push_back({note.at, "said here"});
      report.add(std::move(out));
    }
  }
}

}  // namespace

Rule backend_closes_each_connection() {
  return {.name = "backend-closes-each-connection",
          .group = Group::kPool,
          .severity = Severity::kInfo,
          .summary = "The backend that a comment names keeps no connections: its pool stays empty.",
          .needs = kNeeds,
          .for_told_backends = true,
          .check = check};
}

}  // namespace poolproof::lint
