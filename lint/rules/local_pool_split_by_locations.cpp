// Rule: many locations share the slots of a pool but not its connections.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"upstream"};

/// The share of the slots that a location needs to be of use to it.
constexpr std::size_t kSlotsForEach = 4;

void check(const RuleInput& input, Report& report) {
  if (input.version < kPoolByDefault) return;
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool() || !upstream.keepalive.value.local) continue;
    const std::size_t places = upstream.users.size();
    const std::size_t slots = upstream.keepalive.value.connections;
    if (places < 2 || places * kSlotsForEach <= slots) continue;
    const bool is_default = upstream.keepalive.origin.kind == OriginKind::kDefault;
    const Directive at = is_default ? upstream.at : upstream.keepalive.origin.directive;
    report.add(finding(
        places >= slots ? Severity::kWarning : Severity::kInfo, at.head_span(),
        fmt::format(
            "{} locations pass to upstream `{}`, and its pool{} has {} slots that they share, "
            "while none uses a connection of another: they evict each other's; write "
            "`keepalive {}` without `local` if their TLS settings are the same",
            places, upstream.name, is_default ? " (`keepalive 32 local` by default)" : "", slots,
            slots)));
  }
}

}  // namespace

Rule local_pool_split_by_locations() {
  return {.name = "local-pool-split-by-locations",
          .group = Group::kSizing,
          .severity = Severity::kWarning,
          .summary =
              "A `local` pool is used by so many locations that each evicts the connections of the "
              "others.",
          .changes_at = {},
          .needs = kNeeds,
          .fix = std::nullopt,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
