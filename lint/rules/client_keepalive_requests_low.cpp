// Rule: few requests for each connection of a client.
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"keepalive_requests"};

constexpr std::array kChangesAt = {kHttp2FollowsKeepalive};

constexpr std::int64_t kLow = 1000;  // nginx's default since 1.19.10

bool is_for_http2(const RuleInput& input, Directive at) {
  if (input.version < kHttp2FollowsKeepalive) return false;
  for (const Server& server : input.config.servers()) {
    if (server.scope->find("keepalive_requests").last() == at &&
        speaks_multiplexed(input.config, server)) {
      return true;
    }
  }
  return false;
}

void check(const RuleInput& input, Report& report) {
  for (const Directive at : client_statements(input.config, "keepalive_requests")) {
    const std::int64_t requests = parse_number(at.arg(0)).value_or(kLow);
    if (at.context() == Context::kLocation || requests <= 1 || requests >= kLow) continue;
    if (is_for_http2(input, at)) continue;
    Diagnostic out =
        finding(Severity::kInfo, at.head_span(),
                fmt::format("clients reconnect after {} requests: a load balancer or a busy client "
                            "in front pays a handshake each time; nginx's default is 1000 now",
                            requests));
    out.fix = safe_fix("allow 1000 requests", {replace_argument(at, 0, "1000")});
    report.add(std::move(out));
  }
}

}  // namespace

Rule client_keepalive_requests_low() {
  return {.name = "client-keepalive-requests-low",
          .group = Group::kClient,
          .severity = Severity::kInfo,
          .summary =
              "`keepalive_requests` far below the default: clients that send much reconnect all "
              "the time.",
          .changes_at = kChangesAt,
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
