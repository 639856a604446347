// Rule: pooled connections end after few requests.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"keepalive_requests"};

constexpr std::uint32_t kLow = 100;

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    const auto& requests = upstream.keepalive_requests;
    if (!upstream.has_pool() || requests.origin.kind != OriginKind::kExplicit) continue;
    if (requests.value > kLow || requests.value <= 1) continue;
    const Directive at = requests.origin.directive;
    Diagnostic out = finding(
        Severity::kInfo, at.head_span(),
        fmt::format("each connection of upstream `{}` is closed after {} requests, so one request in "
                    "{} opens a new one; nginx's default is 1000",
                    upstream.name, requests.value, requests.value));
    out.fix = unsafe_fix("allow 1000 requests", {replace_argument(at, 0, "1000")});
    report.add(std::move(out));
  }
}

}  // namespace

Rule upstream_keepalive_requests_low() {
  return {.name = "upstream-keepalive-requests-low",
          .group = Group::kSizing,
          .severity = Severity::kInfo,
          .summary = "`keepalive_requests` of a pooled upstream is 100 or less: a busy pool opens connections all the time.",
          .changes_at = {},
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
