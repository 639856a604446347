// Rule: pooled connections end after few requests.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"keepalive"};
constexpr Version kHasLimit{1, 15, 3};
constexpr Version kLimitRaised{1, 19, 10};

constexpr std::uint32_t kLow = 100;

/// From 1.15.3 to 1.19.9 the default is 100. Only where all versions that are asked about have it:
/// in the range that is looked at by default every pool would have some.
void check_default(const RuleInput& input, const Upstream& upstream, Report& report) {
  const VersionRange& asked = input.bound.options().versions;
  if (asked.first < kHasLimit || asked.last >= kLimitRaised || upstream.users.empty()) return;
  const Origin& pool = upstream.keepalive.origin;
  if (pool.kind != OriginKind::kExplicit) return;
  Diagnostic out = finding(
      Severity::kInfo, pool.directive.head_span(),
      fmt::format(
          "each connection of upstream `{}` is closed after {} requests, the default before "
          "1.19.10, so one request in {} opens a new one; set `keepalive_requests 1000`",
          upstream.name, upstream.keepalive_requests.value, upstream.keepalive_requests.value));
  out.fix =
      unsafe_fix("allow 1000 requests", {insert_after(pool.directive, "keepalive_requests 1000;")});
  report.add(std::move(out));
}

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    const auto& requests = upstream.keepalive_requests;
    if (!upstream.has_pool() || requests.value > kLow || requests.value <= 1) continue;
    if (requests.origin.kind != OriginKind::kExplicit) {
      check_default(input, upstream, report);
      continue;
    }
    const Directive at = requests.origin.directive;
    Diagnostic out = finding(
        Severity::kInfo, at.head_span(),
        fmt::format(
            "each connection of upstream `{}` is closed after {} requests, so one request in "
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
          .summary =
              "`keepalive_requests` of a pooled upstream is 100 or less: a busy pool opens "
              "connections all the time.",
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
