// Rule: pooled connections carry the wrong client address.
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/finding.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 4> kNeeds = {"proxy_bind", "fastcgi_bind", "grpc_bind",
                                                    "memcached_bind"};

void check(const RuleInput& input, Report& report) {
  for (const Location* location : reusing_locations(input.config)) {
    const Directive at = location->scope->find(setting_name(*location, "bind")).last();
    if (!at || !has_variables(at.arg(0))) continue;
    Diagnostic out = finding(
        Severity::kError, at.head_span(),
        fmt::format(
            "the pool does not look at the local address: a request goes out over whatever "
            "idle connection there is, so the backend sees the address of another client; turn "
            "the pool off{}",
            input.version < kPoolByDefault ? " (no `keepalive`)" : " with `keepalive 0`"));
    out.notes.push_back({location->pass->at.head_span(), "the connections that are reused"});
    report.add(std::move(out));
  }
}

}  // namespace

Rule client_address_bound_to_pool() {
  return {.name = "client-address-bound-to-pool",
          .group = Group::kProtocol,
          .severity = Severity::kError,
          .summary =
              "`proxy_bind` with a variable on a pooled upstream: requests leave from the address "
              "of another client.",
          .changes_at = {},
          .needs = kNeeds,
          .fix = std::nullopt,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
