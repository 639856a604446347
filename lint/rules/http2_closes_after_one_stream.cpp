// Rule: keepalive_timeout 0 where HTTP/2 is spoken.
#include <array>

#include <fmt/format.h>

#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"keepalive_timeout"};

constexpr std::array kChangesAt = {kHttp2FollowsKeepalive};

void check(const RuleInput& input, Report& report) {
  if (input.version < kHttp2FollowsKeepalive) return;
  for (const Server& server : input.config.servers()) {
    const ClientTimeout client = client_timeout(*server.scope);
    if (!client.at || client.timeout.count() != 0) continue;
    if (!speaks_multiplexed(input.config, server)) continue;
    Diagnostic out = finding(
        Severity::kError, client.at.head_span(),
        "`keepalive_timeout 0` ends an HTTP/2 connection after its first stream; streams that the "
        "browser has begun meanwhile fail (ERR_HTTP2_SERVER_REFUSED_STREAM); set a second or more");
    out.notes.push_back({server.at.head_span(), "this server speaks HTTP/2 or HTTP/3"});
    out.fix = unsafe_fix("go back to nginx's default", {remove_statement(client.at)});
    report.add(std::move(out));
  }
}

}  // namespace

Rule http2_closes_after_one_stream() {
  return {.name = "http2-closes-after-one-stream",
          .group = Group::kClient,
          .severity = Severity::kError,
          .summary =
              "`keepalive_timeout 0` with HTTP/2: the connection is closed after its first stream, "
              "and browsers report errors.",
          .changes_at = kChangesAt,
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
