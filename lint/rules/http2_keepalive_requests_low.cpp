// Rule: few requests for each HTTP/2 connection.
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"keepalive_requests"};

constexpr std::array kChangesAt = {kHttp2FollowsKeepalive};

constexpr std::int64_t kEnough = 1000;  // the default since 1.19.10, chosen for this reason

void check(const RuleInput& input, Report& report) {
  if (input.version < kHttp2FollowsKeepalive) return;
  for (const Server& server : input.config.servers()) {
    const Directive at = server.scope->find("keepalive_requests").last();
    if (!at || !speaks_multiplexed(input.config, server)) continue;
    const std::int64_t requests = parse_number(at.arg(0)).value_or(kEnough);
    if (requests >= kEnough) continue;
    Diagnostic out = finding(
        Severity::kWarning, at.head_span(),
        fmt::format("HTTP/2 connections end after {} requests, a page or two: browsers that have "
                    "further requests under way on them report errors; set 1000 or more",
                    requests));
    out.notes.push_back({server.at.head_span(), "this server speaks HTTP/2 or HTTP/3"});
    out.fix = safe_fix("allow 1000 requests", {replace_argument(at, 0, "1000")});
    report.add(std::move(out));
  }
}

}  // namespace

Rule http2_keepalive_requests_low() {
  return {.name = "http2-keepalive-requests-low",
          .group = Group::kClient,
          .severity = Severity::kWarning,
          .summary =
              "`keepalive_requests` below 1000 where HTTP/2 is spoken: browsers stumble over "
              "connections that end under them.",
          .changes_at = kChangesAt,
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
