// Rule: a FastCGI upstream has a pool that is never filled, because the location asks the backend
// to close.
#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/sharing_facts.h"

namespace poolproof::lint {
namespace {

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kFastcgi) continue;
    const Upstream* upstream = meant_pool(location);
    if (!upstream) continue;
    if (location.scope->flag_or("fastcgi_keep_conn", false)) continue;
    // What nginx gives by default nobody asked for.
    if (upstream->keepalive.origin.kind != OriginKind::kExplicit) continue;
    const Found written = location.scope->find("fastcgi_keep_conn");
    // Somebody turned it off: right where kept connections would hold every process.
    if (!written.is_default() && may_hold_all_processes(input, *upstream)) continue;
    Diagnostic out = finding(
        Severity::kWarning, location.pass->at.head_span(),
        fmt::format(
            "`fastcgi_keep_conn` is off, so the backend closes after each request and the pool of "
            "upstream `{}` stays empty; turn it on if the backend has more processes than all "
            "workers keep connections",
            upstream->name));
    out.notes.push_back(
        {upstream->keepalive.origin.directive.head_span(), "the pool that stays empty"});
    // An outer one speaks for others, too.
    const auto& own = location.scope->own("fastcgi_keep_conn");
    const TextEdit edit = own.empty() ? insert_setting(location, "fastcgi_keep_conn on;")
                                      : replace_argument(own.back(), 0, "on");
    // How many processes the backend has is a person's to know.
    out.fix = Fix{"keep FastCGI connections open",
                  may_hold_all_processes(input, *upstream) ? Applicability::kDisplayOnly
                                                           : Applicability::kUnsafe,
                  {edit}};
    report.add(std::move(out));
  }
}

}  // namespace

Rule fastcgi_keep_conn_missing() {
  return {.name = "fastcgi-keep-conn-missing",
          .group = Group::kProtocol,
          .severity = Severity::kWarning,
          .summary = "A FastCGI upstream has a pool, but the location does not keep connections.",
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
