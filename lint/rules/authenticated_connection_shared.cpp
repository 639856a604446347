// Rule: a login that belongs to a connection, and a pool that hands the connection to the next
// client.
#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/sharing_facts.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

void check(const RuleInput& input, Report& report) {
  for (const Location* location : reusing_locations(input.config)) {
    if (location->pass->protocol != Protocol::kHttp || !logs_in_by_connection(*location)) continue;
    const Upstream* upstream = pooled_upstream(*location);
    if (!upstream->scope->own("ntlm").empty()) continue;
    Diagnostic out = finding(
        Severity::kWarning, location->pass->at.head_span(),
        fmt::format("if the backend logs clients in by NTLM or Negotiate, the login belongs to the "
                    "connection, and the pool of upstream `{}` gives that to whoever comes next: "
                    "one user acts as another; give this location an upstream without a pool{}",
                    upstream->name,
                    is_asked_from(input, kPoolByDefault) ? " (`keepalive 0`)" : ""));
    const auto& keepalive = upstream->keepalive.origin;
    const bool written = keepalive.kind == OriginKind::kExplicit;
    out.notes.push_back({(written ? keepalive.directive : upstream->at).head_span(),
                         "the pool that all clients share"});
    report.add(std::move(out));
  }
}

}  // namespace

Rule authenticated_connection_shared() {
  return {
      .name = "authenticated-connection-shared",
      .group = Group::kProtocol,
      .severity = Severity::kWarning,
      .summary =
          "A pool shares connections on which a client may have logged in by NTLM or Negotiate.",
      .check = check};
}

}  // namespace poolproof::lint
