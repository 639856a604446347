// Rule: requests for one name go over a connection that was made for another.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/sharing_facts.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 4> kNeeds = {"proxy_ssl_name", "proxy_ssl_certificate",
                                                    "grpc_ssl_name", "grpc_ssl_certificate"};

/// Without one of these the name goes nowhere.
bool uses_name(const Location& location) {
  return location.scope->flag_or(setting_name(location, "ssl_server_name"), false) ||
         location.scope->flag_or(setting_name(location, "ssl_verify"), false);
}

void check(const RuleInput& input, Report& report) {
  for (const Location* location : reusing_locations(input.config)) {
    for (const auto name : {"ssl_name", "ssl_certificate"}) {
      const Directive at = changing_tls_setting(input.config, *location, name);
      if (!at || (at.name().ends_with("_name") && !uses_name(*location))) continue;
      Diagnostic out = finding(
          Severity::kError, at.head_span(),
          fmt::format(
              "the pool does not look at the name or certificate that a connection was made "
              "with: a request for one name goes over the connection of another; use an "
              "upstream for each name, or turn the pool off{}",
              how_to_turn_off(input)));
      out.notes.push_back({location->pass->at.head_span(), "the connections that are reused"});
      out.fix = pool_off_fix(input, *pooled_upstream(*location));
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
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
