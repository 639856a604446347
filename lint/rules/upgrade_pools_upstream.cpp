// Rule (with --upgrade-from): connections that were closed after each request are kept and shared.
#include <algorithm>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/reuse.h"

namespace poolproof::lint {
namespace {

bool is_reused(const EffectiveConfig& config, const Location& location) {
  return reuse_of(config, location).pooled != Pooled::kNever;
}

/// Locations of both merges come in the same order: they are those of the text.
std::size_t newly_reusing(const RuleInput& input, const Upstream& upstream) {
  const auto& after = input.config.locations();
  const auto& before = input.before->locations();
  if (after.size() != before.size()) return 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const Location& location = after[i];
    if (!location.pass || !before[i].pass || location.pass->upstream != &upstream) continue;
    if (location.pass->copied_from_outer) continue;
    if (is_reused(input.config, location) && !is_reused(*input.before, before[i])) ++count;
  }
  return count;
}

void check(const RuleInput& input, Report& report) {
  if (input.before == nullptr) return;
  for (const Upstream& upstream : input.config.upstreams()) {
    if (upstream.implicit) continue;
    if (!upstream.has_pool()) continue;
    const std::size_t places = newly_reusing(input, upstream);
    if (places == 0) continue;
    const bool written = upstream.keepalive.origin.kind == OriginKind::kExplicit;
    Diagnostic out = finding(
        Severity::kInfo, upstream.at.head_span(),
        fmt::format("nginx {} keeps up to {} idle connections for each worker to upstream `{}`, "
                    "where {} closed them after each request{}: in {} place{} one client's "
                    "connection serves the next one; `keepalive 0` keeps things as they were",
                    to_string(input.version), upstream.keepalive.value.connections, upstream.name,
                    to_string(input.before->version()), written ? " in spite of `keepalive`" : "",
                    places, places == 1 ? "" : "s"));
    if (!written) {
      out.fix = unsafe_fix("keep no idle connections, as before",
                           {insert_at_end(upstream.at, "keepalive 0;")});
    }
    report.add(std::move(out));
  }
}

}  // namespace

Rule upgrade_pools_upstream() {
  return {.name = "upgrade-pools-upstream",
          .group = Group::kPool,
          .severity = Severity::kInfo,
          .summary =
              "With --upgrade-from: an upstream whose connections were closed is pooled by the "
              "newer nginx.",
          .fix = Applicability::kUnsafe,
          .fix_only_if_named = true,
          .check = check};
}

}  // namespace poolproof::lint
