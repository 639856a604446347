// Rule: a lone server by the name of localhost is two of them.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"server"};

bool is_localhost(std::string_view address) {
  return address == "localhost" || address.starts_with("localhost:");
}

std::string on_ipv4(std::string_view address) {
  return fmt::format("127.0.0.1{}", address.substr(std::string_view("localhost").size()));
}

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (upstream.implicit || !upstream.has_pool() || upstream.users.empty()) continue;
    if (upstream.peers.size() != 1) continue;
    const Peer& peer = upstream.peers.front();
    if (peer.resolve || peer.down || peer.max_fails == 0 || !is_localhost(peer.address)) continue;
    Diagnostic out = finding(
        Severity::kInfo, peer.at.arg_span(0),
        fmt::format(
            "`localhost` is two servers where it stands for 127.0.0.1 and [::1], as on most "
            "machines: then each can be marked as failed, and one dead idle connection, or "
            "a backend that listens on one of them only, ends in 502 for all; write `{}`, or "
            "`[::1]{}` for a backend that listens there only",
            on_ipv4(peer.address), peer.address.substr(std::string_view("localhost").size())));
    out.fix =
        unsafe_fix("name the IPv4 address", {replace_argument(peer.at, 0, on_ipv4(peer.address))});
    report.add(std::move(out));
  }
}

}  // namespace

Rule localhost_counts_as_two_servers() {
  return {.name = "localhost-counts-as-two-servers",
          .group = Group::kPool,
          .severity = Severity::kInfo,
          .summary =
              "A lone `server localhost`: on most machines that is two servers, which can be "
              "marked as failed.",
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
