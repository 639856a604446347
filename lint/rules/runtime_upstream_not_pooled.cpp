// Rule: upstreams that a module makes while nginx runs keep no connections since 1.29.7.
#include <array>

#include <fmt/format.h>

#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"dyups_interface"};
constexpr std::array<Version, 1> kChangesAt = {kPoolByDefault};

/// Since 1.29.7 groups get their pool when the configuration has been read, once for all that are
/// there (nginx issue 1650).
void check(const RuleInput& input, Report& report) {
  if (input.version < kPoolByDefault) return;
  for (const Directive at : client_statements(input.config, "dyups_interface")) {
    report.add(finding(
        Severity::kInfo, at.head_span(),
        "upstreams that are made or changed here while nginx runs keep no idle connections: since "
        "1.29.7 only those get a pool that are there when the configuration is read, and a "
        "`keepalive` that is posted does nothing; where connections are to be kept, change the "
        "configuration and reload"));
  }
}

}  // namespace

Rule runtime_upstream_not_pooled() {
  return {.name = "runtime-upstream-not-pooled",
          .group = Group::kPool,
          .severity = Severity::kInfo,
          .summary =
              "Upstreams that the dyups module makes while nginx runs have no pool since 1.29.7.",
          .changes_at = kChangesAt,
          .needs = kNeeds,
          .check = check};
}

}  // namespace poolproof::lint
