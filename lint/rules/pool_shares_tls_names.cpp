// Rule: requests for one name go over a connection that was made for another.
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/finding.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 4> kNeeds = {"proxy_ssl_name", "proxy_ssl_certificate",
                                                    "grpc_ssl_name", "grpc_ssl_certificate"};

void check(const RuleInput& input, Report& report) {
  for (const Location* location : reusing_locations(input.config)) {
    if (!location->pass->tls) continue;
    for (const auto name : {"ssl_name", "ssl_certificate"}) {
      const Directive at = location->scope->find(setting_name(*location, name)).last();
      if (!at || !has_variables(at.arg(0))) continue;
      const PossibleValues values =
          possible_values(input.config, *location, at.arg(0), RequestAssumption{});
      if (values.complete && values.values.size() <= 1) continue;
      Diagnostic out = finding(
          Severity::kError, at.head_span(),
          fmt::format(
              "the pool does not look at the name or certificate that a connection was made "
              "with: a request for one name goes over the connection of another; use an "
              "upstream for each name, or turn the pool off{}",
              input.version < kPoolByDefault ? "" : " with `keepalive 0`"));
      out.notes.push_back({location->pass->at.head_span(), "the connections that are reused"});
      report.add(std::move(out));
    }
  }
}

}  // namespace

Rule pool_shares_tls_names() {
  return {.name = "pool-shares-tls-names",
          .group = Group::kProtocol,
          .severity = Severity::kError,
          .summary =
              "`proxy_ssl_name` or `proxy_ssl_certificate` with a variable on a pooled upstream: "
              "connections are shared between names.",
          .changes_at = {},
          .needs = kNeeds,
          .fix = std::nullopt,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
