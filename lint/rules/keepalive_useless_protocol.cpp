// Rule: a pool for an upstream that is only reached over SCGI or uwsgi, which close after each
// request.
#include <algorithm>

#include <fmt/format.h>

#include "lint/finding.h"

namespace poolproof::lint {
namespace {

bool never_keeps(const Location* user) {
  return user->pass &&
         (user->pass->protocol == Protocol::kScgi || user->pass->protocol == Protocol::kUwsgi);
}

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    const auto& users = upstream.users;
    if (upstream.implicit || upstream.keepalive.origin.kind != OriginKind::kExplicit) continue;
    if (upstream.keepalive.value.connections == 0 || users.empty()) continue;
    if (!std::all_of(users.begin(), users.end(), never_keeps)) continue;
    const Directive at = upstream.keepalive.origin.directive;
    Diagnostic out = finding(
        Severity::kWarning, at.head_span(),
        fmt::format(
            "upstream `{}` is only reached over {}, which ends the connection after each request, "
            "so `keepalive` does nothing; remove it",
            upstream.name, to_string(users.front()->pass->protocol)));
    out.notes.push_back({users.front()->pass->at.head_span(), "passed on here"});
    out.fix = safe_fix("remove the line that does nothing", {remove_statement(at)});
    report.add(std::move(out));
  }
}

}  // namespace

Rule keepalive_useless_protocol() {
  return {.name = "keepalive-useless-protocol",
          .group = Group::kProtocol,
          .severity = Severity::kWarning,
          .summary =
              "`keepalive` does nothing for an upstream that is only reached over SCGI or uwsgi.",
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
