// Rule: failures of a lone server are not counted.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"server"};

/// 0 says that nothing shall be counted, which is what happens.
bool promises_something(std::string_view argument) {
  const bool is_about_failures =
      argument.starts_with("max_fails=") || argument.starts_with("fail_timeout=");
  return is_about_failures && !argument.ends_with("=0") && !argument.ends_with("=0s");
}

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (upstream.implicit || upstream.peers.size() != 1) continue;
    const Peer& peer = upstream.peers.front();
    // A name may stand for several addresses, each of which is a server then.
    if (peer.resolve || !is_one_address(peer.address)) continue;
    for (std::size_t i = 1; i < peer.at.arg_count(); ++i) {
      if (!promises_something(peer.at.arg(i))) continue;
      Diagnostic out = finding(
          Severity::kInfo, peer.at.arg_span(i),
          fmt::format("`{}` has no effect: a lone server is never marked as failed, because there "
                      "is no other to go to",
                      peer.at.arg(i)));
      out.fix = safe_fix("remove it", {remove_argument(peer.at, i)});
      report.add(std::move(out));
    }
  }
}

}  // namespace

Rule max_fails_on_single_server() {
  return {.name = "max-fails-on-single-server",
          .group = Group::kCleanup,
          .severity = Severity::kInfo,
          .summary =
              "`max_fails` or `fail_timeout` on the only server of an upstream: it has no effect.",
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
