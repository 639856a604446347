// Rule: a location cannot keep HTTP/2 connections differently.
#include <array>

#include <fmt/format.h>

#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 3> kNeeds = {"keepalive_timeout", "keepalive_requests",
                                                    "keepalive_time"};

constexpr std::array kChangesAt = {kHttp2FollowsKeepalive};

const Server* multiplexed_server_of(const RuleInput& input, Directive at) {
  for (const Location& location : input.config.locations()) {
    if (location.scope->block() == at.parent()) {
      return speaks_multiplexed(input.config, *location.server) ? location.server : nullptr;
    }
  }
  return nullptr;
}

void check(const RuleInput& input, Report& report) {
  if (input.version < kHttp2FollowsKeepalive) return;
  for (const auto name : {"keepalive_timeout", "keepalive_requests", "keepalive_time"}) {
    for (const Directive at : client_statements(input.config, name)) {
      if (at.context() != Context::kLocation) continue;
      const Server* server = multiplexed_server_of(input, at);
      if (server == nullptr) continue;
      Diagnostic out = finding(
          Severity::kInfo, at.head_span(),
          fmt::format("`{}` in a location holds for HTTP/1 only: an HTTP/2 connection carries "
                      "requests for all locations and follows the setting of the server",
                      at.name()));
      out.notes.push_back({server->at.head_span(), "this server speaks HTTP/2 or HTTP/3"});
      report.add(std::move(out));
    }
  }
}

}  // namespace

Rule location_keepalive_ignored_by_http2() {
  return {
      .name = "location-keepalive-ignored-by-http2",
      .group = Group::kClient,
      .severity = Severity::kInfo,
      .summary =
          "`keepalive_timeout` and its like in a location, where HTTP/2 reads those of the server.",
      .changes_at = kChangesAt,
      .needs = kNeeds,
      .check = check};
}

}  // namespace poolproof::lint
