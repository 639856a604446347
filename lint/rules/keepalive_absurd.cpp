// Rule: a pool of a size that no worker can fill.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/told/advice.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"keepalive"};

/// nginx 1.31.5 allocates 160 bytes for each place when it starts, in each worker.
constexpr std::uint64_t kBytesPerPlace = 160;
constexpr std::uint32_t kMany = 10'000;
constexpr std::uint32_t kAbsurd = 1'000'000;

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    const auto& keepalive = upstream.keepalive;
    if (upstream.implicit || keepalive.origin.kind != OriginKind::kExplicit) continue;
    const std::uint32_t kept = keepalive.value.connections;
    if (kept <= kMany) continue;
    const Recommendation advice = advice_for(input, upstream);
    const Directive at = keepalive.origin.directive;
    Diagnostic out = finding(
        kept > kAbsurd ? Severity::kError : Severity::kWarning, at.head_span(),
        fmt::format("each worker sets aside {} MB for `keepalive {}` when it starts, and no worker "
                    "has that many idle connections; keep {}: {}",
                    std::max<std::uint64_t>(kept * kBytesPerPlace >> 20, 1), kept, advice.keepalive,
                    advice.reason));
    const std::string value = fmt::format("{}", advice.keepalive);
    out.fix = unsafe_fix(fmt::format("keep {} idle connections", value),
                         {replace_argument(at, 0, value)});
    report.add(std::move(out));
  }
}

}  // namespace

Rule keepalive_absurd() {
  return {.name = "keepalive-absurd",
          .group = Group::kSizing,
          .severity = Severity::kError,
          .summary = "`keepalive` above 10,000: memory for connections that will never be there.",
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
