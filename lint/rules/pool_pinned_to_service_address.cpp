// Rule: connections through a load balancer that never move to new backends.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"keepalive_requests"};

/// From here on it is the age that ends a connection, not the count.
constexpr std::uint32_t kPractical = 10'000;
constexpr std::chrono::minutes kOld{60};
/// `keepalive_time` is there since then.
constexpr Version kHasAge{1, 19, 10};
constexpr std::array<Version, 1> kChangesAt = {kHasAge};

/// Names of addresses behind which a load balancer picks the backend for each new connection:
/// Kubernetes services, Amazon's load balancers.
bool stands_for_many(std::string_view address) {
  const std::string_view host = address.substr(0, address.find(':'));
  return host.ends_with(".svc") || host.ends_with(".svc.cluster.local") ||
         host.ends_with(".svc.cluster.local.") || host.ends_with(".elb.amazonaws.com");
}

void check(const RuleInput& input, Report& report) {
  if (input.version < kHasAge) return;
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool() || upstream.peers.size() != 1) continue;
    if (upstream.peers.front().resolve || !stands_for_many(upstream.peers.front().address))
      continue;
    if (upstream.keepalive_requests.value < kPractical || upstream.keepalive_time.value < kOld)
      continue;
    const auto& age = upstream.keepalive_time.origin;
    const Directive requests = upstream.keepalive_requests.origin.directive;
    const bool written = age.kind == OriginKind::kExplicit;
    Diagnostic out = finding(
        Severity::kInfo, requests.head_span(),
        fmt::format(
            "behind `{}` a backend is picked once for each connection, and these live for "
            "{} requests or {}: backends that are added get nothing meanwhile; "
            "limit the age with `keepalive_time 5m`",
            upstream.peers.front().address, upstream.keepalive_requests.value,
            written ? fmt::format("`keepalive_time {}`", age.directive.arg(0)) : "one hour"));
    out.fix = unsafe_fix("let connections grow five minutes old",
                         {written ? replace_argument(age.directive, 0, "5m")
                                  : insert_after(requests, "keepalive_time 5m;")});
    report.add(std::move(out));
  }
}

}  // namespace

Rule pool_pinned_to_service_address() {
  return {.name = "pool-pinned-to-service-address",
          .group = Group::kPool,
          .severity = Severity::kInfo,
          .summary =
              "Long-lived connections to an address that balances by connection stay with the "
              "backends of yesterday.",
          .changes_at = kChangesAt,
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
