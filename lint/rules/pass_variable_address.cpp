// Rule: nobody knows before the request whether there is a pool.
#include <algorithm>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/reuse.h"

namespace poolproof::lint {
namespace {

bool is_unknown(const RuleInput& input, const Location& location) {
  const auto reasons = reuse_of(input.config, location).reasons;
  return std::any_of(reasons.begin(), reasons.end(), [](const ReuseReason& reason) {
    return reason.rule == "pass-variable-address";
  });
}

/// Where there is no `resolver`, another rule says that nginx answers 502.
bool looks_up(const Location& location) {
  return location.pass->possible_upstreams_complete && has_resolver(location) &&
         !variable_addresses(location).looked_up.empty();
}

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || !location.pass->has_variables) continue;
    if (looks_up(location)) {
      report.add(finding(
          Severity::kInfo, location.pass->at.head_span(),
          fmt::format("`{}` names `{}`, which is looked up while nginx runs and has no pool: each "
                      "request opens a connection; from nginx 1.27.3 on, `server NAME resolve` in "
                      "an upstream block with `zone` follows a host name that moves, too",
                      location.pass->target,
                      variable_addresses(location).looked_up.front()->name)));
      continue;
    }
    if (!is_unknown(input, location)) continue;
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
