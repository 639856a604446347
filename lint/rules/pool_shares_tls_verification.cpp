// Rule: a request that must be verified goes over a connection that was not.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/sharing_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 2> kNeeds = {"proxy_pass", "grpc_pass"};

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool() || upstream.keepalive.value.local) continue;
    const Unlike pair = unlike_tls(users_of(upstream));
    if (!pair) continue;
    const SourceSpan here = pair.second->pass->at.head_span();
    Diagnostic out = finding(
        Severity::kError, here,
        fmt::format(
            "the TLS settings here differ from those at {}, but both take connections from "
            "the pool of upstream `{}`: what must be verified may go over a connection that "
            "was not; use an upstream for each{}",
            place(input, pair.first->pass->at.head_span(), here), upstream.name,
            or_local_pool(input)));
    out.notes.push_back({pair.first->pass->at.head_span(), "with other settings"});
    out.fix = local_pool_fix(input, upstream);
    report.add(std::move(out));
  }
}

}  // namespace

Rule pool_shares_tls_verification() {
  return {.name = "pool-shares-tls-verification",
          .group = Group::kProtocol,
          .severity = Severity::kError,
          .summary =
              "Locations with different TLS settings share a pool: one that verifies uses "
              "connections of one that does not.",
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
