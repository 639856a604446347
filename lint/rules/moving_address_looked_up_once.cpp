// Rule: the addresses behind a name change by design, and nginx asks for them once.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

/// Names whose owners say that the addresses behind them change at any time.
constexpr std::array<std::string_view, 7> kMoving = {
    ".elb.amazonaws.com", ".s3.amazonaws.com", ".cloudfront.net",    ".herokuapp.com",
    ".azurewebsites.net", ".azureedge.net",    ".trafficmanager.net"};

bool moves(std::string_view address) {
  const std::string_view host = address.substr(0, address.find(':'));
  return std::any_of(kMoving.begin(), kMoving.end(),
                     [host](std::string_view name) { return host.ends_with(name); });
}

void report_one(SourceSpan span, std::string_view address, Report& report) {
  report.add(finding(
      Severity::kInfo, span,
      fmt::format("the addresses behind `{}` change, and nginx asks for them once, when it starts: "
                  "when they have moved, requests go to whoever has the old ones; use `server ... "
                  "resolve` with a `zone` and a `resolver` (nginx 1.27.3), or reload now and then",
                  address)));
}

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (upstream.implicit || upstream.users.empty()) continue;
    for (const Peer& peer : upstream.peers) {
      if (!peer.resolve && moves(peer.address))
        report_one(peer.at.arg_span(0), peer.address, report);
    }
  }
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->has_variables) continue;
    if (location.pass->upstream == nullptr || !location.pass->upstream->implicit) continue;
    if (moves(location.pass->host))
      report_one(location.pass->at.arg_span(0), location.pass->host, report);
  }
}

}  // namespace

Rule moving_address_looked_up_once() {
  return {.name = "moving-address-looked-up-once",
          .group = Group::kPool,
          .severity = Severity::kInfo,
          .summary =
              "The addresses of a cloud load balancer are looked up once, at start, though they "
              "change.",
          .check = check};
}

}  // namespace poolproof::lint
