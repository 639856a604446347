// Rule: a limit of connections does not count those that are idle in the pools of other workers.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/told/advice.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"server"};

/// `auto` is two workers at least, or nobody would write it.
std::uint32_t workers_at_least(const RuleInput& input) {
  return worker_count(input).value_or(2);
}

void check(const RuleInput& input, Report& report) {
  const std::uint64_t workers = workers_at_least(input);
  if (workers < 2 || input.bound.is_snippet()) return;
  for (const Upstream& upstream : input.config.upstreams()) {
    // Without a zone nothing is counted in common; another rule says so.
    if (!upstream.has_pool() || upstream.users.empty() || upstream.scope->own("zone").empty())
      continue;
    const std::uint64_t kept = upstream.keepalive.value.connections * workers;
    for (const Peer& peer : upstream.peers) {
      if (peer.max_conns == 0 || kept <= static_cast<std::uint64_t>(peer.max_conns)) continue;
      report.add(finding(
          Severity::kWarning, peer.at.head_span(),
          fmt::format(
              "`max_conns={}` counts the connections in use; beside them the {} workers of "
              "nginx may keep {} idle ones in the pools of upstream `{}`, so the server sees "
              "more than the limit; keep fewer, or leave room for them",
              peer.max_conns, workers, kept, upstream.name)));
      break;
    }
  }
}

}  // namespace

Rule max_conns_leaves_idle_out() {
  return {.name = "max-conns-leaves-idle-out",
          .group = Group::kSizing,
          .severity = Severity::kWarning,
          .summary =
              "`max_conns` is smaller than the number of idle connections that all workers may "
              "keep, which it does not count.",
          .needs = kNeeds,
          .check = check};
}

}  // namespace poolproof::lint
