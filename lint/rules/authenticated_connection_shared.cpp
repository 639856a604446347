// Rule: a login that belongs to a connection, and a pool that hands the connection to the next
// client.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

/// Paths of programs that log in by NTLM or Negotiate as they come: Exchange's.
constexpr std::array<std::string_view, 6> kExchange = {
    "/microsoft-server-activesync", "/rpc/rpcproxy.dll", "/rpcwithcert", "/ews", "/mapi", "/oab"};

std::string in_lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool logs_in_by_connection(const Location& location) {
  const std::string pattern = in_lower_case(location.pattern);
  const bool exchange = std::any_of(kExchange.begin(), kExchange.end(), [&](std::string_view path) {
    return pattern == path || (pattern.starts_with(path) && pattern[path.size()] == '/');
  });
  if (exchange) return true;
  const auto passed = location.scope->find("proxy_pass_header").directives;
  return std::any_of(passed.begin(), passed.end(), [](const Directive at) {
    return equal_ignoring_case(at.arg(0), "WWW-Authenticate");
  });
}

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
                    upstream->name, input.version < kPoolByDefault ? "" : " (`keepalive 0`)"));
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
      .changes_at = {},
      .needs = {},
      .fix = std::nullopt,
      .check = check,
      .documentation = {}};
}

}  // namespace poolproof::lint
