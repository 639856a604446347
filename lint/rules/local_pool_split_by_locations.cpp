// Rule: many locations share the slots of a pool but not its connections.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/sharing_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"upstream"};

/// The share of the slots that a location needs to be of use to it.
constexpr std::size_t kSlotsForEach = 4;

/// Without `local` all locations take from one list: only where their connections are alike.
std::optional<Fix> sharing_fix(const RuleInput& input, const Upstream& upstream) {
  if (mixes_locations(users_of(upstream)) || mixes_requests(input, upstream)) return std::nullopt;
  const Origin& written = upstream.keepalive.origin;
  constexpr std::string_view kTitle = "let all locations share the pool";
  if (written.kind == OriginKind::kExplicit) {
    return safe_fix(std::string(kTitle), {remove_argument(written.directive, 1)});
  }
  const std::string line = fmt::format("keepalive {};", upstream.keepalive.value.connections);
  Fix fix = safe_fix(std::string(kTitle), {insert_at_end(upstream.at, line)});
  // An older nginx would have no pool without the line, and no reason to be given one.
  if (!is_asked_from(input, kPoolByDefault)) fix.applicability = Applicability::kUnsafe;
  return fix;
}

void check(const RuleInput& input, Report& report) {
  if (input.version < kPoolByDefault) return;
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool() || !upstream.keepalive.value.local) continue;
    const std::size_t places = upstream.users.size();
    const std::size_t slots = upstream.keepalive.value.connections;
    if (places < 2 || places * kSlotsForEach <= slots) continue;
    const bool is_default = upstream.keepalive.origin.kind == OriginKind::kDefault;
    const Directive at = is_default ? upstream.at : upstream.keepalive.origin.directive;
    Diagnostic out = finding(
        places >= slots ? Severity::kError : Severity::kWarning, at.head_span(),
        fmt::format(
            "{} locations pass to upstream `{}`, and its pool{} has {} slots that they share, "
            "while none uses a connection of another: they evict each other's; write "
            "`keepalive {}` without `local` if their TLS settings are the same",
            places, upstream.name, is_default ? " (`keepalive 32 local` by default)" : "", slots,
            slots));
    out.fix = sharing_fix(input, upstream);
    report.add(std::move(out));
  }
}

}  // namespace

Rule local_pool_split_by_locations() {
  return {.name = "local-pool-split-by-locations",
          .group = Group::kSizing,
          .severity = Severity::kError,
          .summary =
              "A `local` pool is used by so many locations that each evicts the connections of the "
              "others.",
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
