// Rule: a placeholder makes a lone server one that can be taken out.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"server"};

/// The server that is down, where the one that is not can be marked as failed and nothing takes
/// over.
const Peer* placeholder_of(const Upstream& upstream) {
  const Peer* found = nullptr;
  for (const Peer& peer : upstream.peers) {
    if (peer.backup || (!peer.down && peer.max_fails == 0)) return nullptr;
    if (peer.down) found = &peer;
  }
  return found;
}

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (upstream.implicit || !upstream.has_pool() || upstream.users.empty()) continue;
    if (ordinary_peers(upstream) != 1) continue;
    const Peer* placeholder = placeholder_of(upstream);
    if (placeholder == nullptr) continue;
    Diagnostic out = finding(
        Severity::kWarning, placeholder->at.head_span(),
        fmt::format(
            "a single server is never marked as failed, but with this `down` beside it it is "
            "one of two: one dead idle connection, and upstream `{}` answers 502 for "
            "`fail_timeout`; remove the line, or set `max_fails=0` on the other",
            upstream.name));
    out.fix = unsafe_fix("remove the server that is down", {remove_statement(placeholder->at)});
    report.add(std::move(out));
  }
}

}  // namespace

Rule down_server_ends_exemption() {
  return {.name = "down-server-ends-exemption",
          .group = Group::kPool,
          .severity = Severity::kWarning,
          .summary =
              "One server and a `down` one beside it: the lone server can now be marked as failed, "
              "and all requests get 502.",
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
