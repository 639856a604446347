// Rule: idle clients hold connections for many minutes.
#include <array>

#include <fmt/format.h>

#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"keepalive_timeout"};

/// A minute more than browsers wait (Chrome 300 s, Firefox 115 s, both their defaults): what is
/// longer serves programs only.
constexpr std::chrono::seconds kLong{360};

/// Behind a load balancer that reuses its connections, a long time is right.
bool is_behind_proxy(const Server& server) {
  if (!server.scope->find("set_real_ip_from").is_default()) return true;
  for (const Listen& listen : server.listens) {
    if (listen.proxy_protocol) return true;
  }
  return false;
}

void check(const RuleInput& input, Report& report) {
  for (const Server& server : input.config.servers()) {
    const ClientTimeout client = client_timeout(*server.scope);
    if (!client.at || client.timeout <= kLong || is_behind_proxy(server)) continue;
    if (!input.fronts.of(server).is_empty()) continue;
    report.add(finding(
        Severity::kInfo, client.at.head_span(),
        fmt::format("idle clients hold their connections for {} s: each is one of "
                    "`worker_connections`, and after a reload the old workers wait for them; "
                    "browsers gain nothing above 300 s; right only behind a load balancer that "
                    "keeps its connections as long",
                    std::chrono::duration_cast<std::chrono::seconds>(client.timeout).count())));
  }
}

}  // namespace

Rule client_keepalive_too_long() {
  return {
      .name = "client-keepalive-too-long",
      .group = Group::kClient,
      .severity = Severity::kInfo,
      .summary =
          "`keepalive_timeout` is so long that idle clients fill the connections of the workers.",
      .needs = kNeeds,
      .check = check};
}

}  // namespace poolproof::lint
