// Rule: before 1.15.3 nothing but the backend ends an idle upstream connection.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"keepalive"};

constexpr Version kIdleTimer{1, 15, 3};
constexpr std::array<Version, 1> kChangesAt = {kIdleTimer};

void check(const RuleInput& input, Report& report) {
  if (!(input.version < kIdleTimer)) return;
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool() || upstream.users.empty()) continue;
    const Directive at = upstream.keepalive.origin.directive;
    report.add(finding(
        Severity::kWarning, at.head_span(),
        fmt::format("this nginx has no `keepalive_timeout` for upstreams, so an idle connection to "
                    "`{}` lies until the backend closes it, and a request that meets that moment "
                    "fails; use nginx 1.15.3 or later",
                    upstream.name)));
  }
}

}  // namespace

Rule upstream_idle_time_unlimited() {
  return {.name = "upstream-idle-time-unlimited",
          .group = Group::kPool,
          .severity = Severity::kWarning,
          .summary =
              "Before nginx 1.15.3 an idle upstream connection has no time limit: only the backend "
              "closes it.",
          .changes_at = kChangesAt,
          .needs = kNeeds,
          .check = check};
}

}  // namespace poolproof::lint
