// Rule: so few idle connections that most requests find none.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/stale_facts.h"
#include "lint/told/advice.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"keepalive"};

constexpr std::uint32_t kTiny = 4;

/// A FastCGI process serves the one connection that is kept to it: there a small pool is right.
bool is_for_fastcgi(const Upstream& upstream) {
  for (const Location* user : upstream.users) {
    if (user->pass && user->pass->protocol == Protocol::kFastcgi) return true;
  }
  return false;
}

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    const auto& keepalive = upstream.keepalive;
    if (upstream.implicit || keepalive.origin.kind != OriginKind::kExplicit) continue;
    const std::uint32_t kept = keepalive.value.connections;
    if (kept == 0 || kept > kTiny || kept < ordinary_peers(upstream)) continue;
    if (!upstream.has_pool() || upstream.users.empty() || is_for_fastcgi(upstream)) continue;
    const Directive at = keepalive.origin.directive;
    const Recommendation advice = advice_for(input, upstream);
    Diagnostic out = finding(
        Severity::kWarning, at.head_span(),
        fmt::format(
            "`keepalive {}` is the number of idle connections that a worker keeps: whatever "
            "the load, about one request in {} finds none and opens a connection; keep {}: {}",
            kept, kept + 1, advice.keepalive, advice.reason));
    out.fix = unsafe_fix(fmt::format("keep {} idle connections", advice.keepalive),
                         {replace_argument(at, 0, fmt::format("{}", advice.keepalive))});
    report.add(std::move(out));
  }
}

}  // namespace

Rule keepalive_tiny() {
  return {.name = "keepalive-tiny",
          .group = Group::kSizing,
          .severity = Severity::kWarning,
          .summary =
              "`keepalive` of 1 to 4: under any real load a fifth to a half of the requests open a "
              "connection.",
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
