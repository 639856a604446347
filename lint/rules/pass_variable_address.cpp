// Rule: nobody knows before the request whether there is a pool.
#include <algorithm>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/reuse.h"

namespace poolproof::lint {
namespace {

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || !location.pass->has_variables) continue;
    const auto reasons = reuse_of(input.config, location).reasons;
    const bool unknown = std::any_of(reasons.begin(), reasons.end(), [](const ReuseReason& reason) {
      return reason.rule == "pass-variable-address";
    });
    if (!unknown) continue;
    report.add(finding(
        Severity::kInfo, location.pass->at.head_span(),
        fmt::format("what `{}` names is known only when a request comes; unless it is the name of "
                    "an upstream block, each request opens a connection, and a host name is looked "
                    "up again; name upstream blocks instead (from nginx 1.27.3 on, `server NAME "
                    "resolve` in one follows a host name that moves)",
                    location.pass->target)));
  }
}

}  // namespace

Rule pass_variable_address() {
  return {
      .name = "pass-variable-address",
      .group = Group::kPool,
      .severity = Severity::kInfo,
      .summary =
          "A pass whose variables decide the address: only names of upstream blocks have a pool.",
      .check = check};
}

}  // namespace poolproof::lint
