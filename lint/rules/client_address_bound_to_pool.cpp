// Rule: pooled connections carry the wrong client address.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/sharing_facts.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 4> kNeeds = {"proxy_bind", "fastcgi_bind", "grpc_bind",
                                                    "memcached_bind"};

void check_request(const RuleInput& input, const Location& location, Report& report) {
  const Directive at = changing_bind(location);
  if (!at) return;
  const Upstream* upstream = pooled_upstream(location);
  const bool spread = binds_to_spread_ports(input.config, location);
  Diagnostic out = finding(
      spread ? Severity::kInfo : Severity::kError, at.head_span(),
      spread ? std::string("the pool does not look at the local address, so idle connections are "
                           "reused whatever address was chosen for the request; where they serve "
                           "only to have more ports that does no harm")
             : fmt::format(
                   "the pool does not look at the local address: a request goes out over whatever "
                   "idle connection there is, so the backend sees the address of another client; "
                   "turn the pool off{}",
                   how_to_turn_off(input)));
  out.notes.push_back({location.pass->at.head_span(), "the connections that are reused"});
  if (!spread) out.fix = pool_off_fix(input, *upstream);
  report.add(std::move(out));
}

/// Each location its own address, but one pool for all.
void check_locations(const RuleInput& input, const Upstream& upstream, Report& report) {
  if (!upstream.has_pool() || upstream.keepalive.value.local) return;
  const Unlike pair = unlike_binds(users_of(upstream));
  if (!pair) return;
  const SourceSpan here = pair.second->pass->at.head_span();
  Diagnostic out = finding(
      Severity::kError, here,
      fmt::format(
          "the local address here is another than at {}, but both take connections from the "
          "pool of upstream `{}`, which does not look at it; use an upstream for each",
          place(input, pair.first->pass->at.head_span(), here), upstream.name));
  out.notes.push_back({pair.first->pass->at.head_span(), "with another address"});
  out.fix = local_pool_fix(input, upstream);
  report.add(std::move(out));
}

void check(const RuleInput& input, Report& report) {
  for (const Location* location : reusing_locations(input.config)) {
    check_request(input, *location, report);
  }
  for (const Upstream& upstream : input.config.upstreams()) {
    check_locations(input, upstream, report);
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
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
