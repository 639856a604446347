// Rule: a check or a copy of each request costs a connection.
#include <array>

#include <fmt/format.h>

#include "lint/answer_facts.h"
#include "lint/finding.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 2> kNeeds = {"auth_request", "mirror"};

void check(const RuleInput& input, Report& report) {
  const HeadAloneTargets targets(input.config);
  for (const Location* location : reusing_locations(input.config)) {
    const HeadAlone kind = targets.of(*location);
    if (kind == HeadAlone::kNo) continue;
    const bool checks = kind == HeadAlone::kCheck;
    report.add(finding(
        Severity::kInfo, location->pass->at.head_span(),
        fmt::format("nginx takes the head of these answers alone: one that has a body ends the "
                    "connection, so each {} opens a new one; let the backend answer without a body "
                    "(204){}",
                    checks ? "check of `auth_request`" : "copy of `mirror`",
                    checks ? ", or ask with `proxy_method HEAD`" : "")));
  }
}

}  // namespace

Rule subrequest_body_ends_connection() {
  return {.name = "subrequest-body-ends-connection",
          .group = Group::kPool,
          .severity = Severity::kInfo,
          .summary =
              "A location that only serves `auth_request` or `mirror` closes its upstream "
              "connection whenever the answer has a body.",
          .needs = kNeeds,
          .check = check};
}

}  // namespace poolproof::lint
