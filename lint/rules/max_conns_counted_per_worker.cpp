// Rule: a limit that holds for each worker by itself.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"server"};

void check(const RuleInput& input, Report& report) {
  const std::string_view workers = input.config.main().value_or("worker_processes", "1");
  if (workers == "1" || input.bound.is_snippet()) return;
  for (const Upstream& upstream : input.config.upstreams()) {
    if (upstream.scope == nullptr || !upstream.scope->own("zone").empty()) continue;
    for (const Peer& peer : upstream.peers) {
      if (peer.max_conns == 0) continue;
      report.add(finding(
          Severity::kWarning, peer.at.head_span(),
          fmt::format(
              "without `zone` in upstream `{}` each worker counts for itself, so "
              "`max_conns={}` lets {} connections through, and idle ones of the pool are not "
              "counted at all; add `zone {} 64k`",
              upstream.name, peer.max_conns,
              workers == "auto" ? std::string("that many per processor")
                                : fmt::format("up to {} times as many", workers),
              upstream.name)));
    }
  }
}

}  // namespace

Rule max_conns_counted_per_worker() {
  return {.name = "max-conns-counted-per-worker",
          .group = Group::kSizing,
          .severity = Severity::kWarning,
          .summary =
              "`max_conns` without `zone`: every worker counts for itself, so the limit is a "
              "multiple of what is written.",
          .needs = kNeeds,
          .check = check};
}

}  // namespace poolproof::lint
