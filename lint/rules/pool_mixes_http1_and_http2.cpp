// Rule: requests of one HTTP version leave over connections of another.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/sharing_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 2> kNeeds = {"grpc_pass", "proxy_http_version"};

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool() || upstream.keepalive.value.local) continue;
    const auto [one, two] = unlike_versions(users_of(upstream));
    if (two == nullptr) continue;
    Diagnostic out = finding(
        Severity::kError, two->pass->at.head_span(),
        fmt::format(
            "upstream `{}` is spoken to in HTTP/2 here and in HTTP/1 at {}, and the pool does "
            "not tell the connections apart: requests hang until they time out; use an "
            "upstream for each{}",
            upstream.name, place(input, one->pass->at.head_span(), two->pass->at.head_span()),
            or_local_pool(input)));
    out.notes.push_back({one->pass->at.head_span(), "in HTTP/1"});
    out.fix = local_pool_fix(input, upstream);
    report.add(std::move(out));
  }
}

}  // namespace

Rule pool_mixes_http1_and_http2() {
  return {.name = "pool-mixes-http1-and-http2",
          .group = Group::kProtocol,
          .severity = Severity::kError,
          .summary =
              "One pool is used with HTTP/1.1 and with HTTP/2: requests leave over a connection "
              "that speaks the other.",
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
