// Rule: a FastCGI upstream has a pool that is never filled, because the location asks the backend
// to close.
#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kFastcgi) continue;
    const Upstream* upstream = meant_pool(location);
    if (!upstream) continue;
    if (location.scope->flag_or("fastcgi_keep_conn", false)) continue;
    const Found written = location.scope->find("fastcgi_keep_conn");
    const bool wanted = upstream->keepalive.origin.kind == OriginKind::kExplicit;
    Diagnostic out = finding(
        wanted ? Severity::kWarning : Severity::kInfo, location.pass->at.head_span(),
        fmt::format(
            "`fastcgi_keep_conn` is off, so the backend closes after each request and the pool of "
            "upstream `{}` stays empty; turn it on if the backend has more processes than all "
            "workers keep connections",
            upstream->name));
    const Directive pool = wanted ? upstream->keepalive.origin.directive : upstream->at;
    out.notes.push_back({pool.head_span(), "the pool that stays empty"});
    const TextEdit edit = written.is_default() ? insert_setting(location, "fastcgi_keep_conn on;")
                                               : replace_argument(written.last(), 0, "on");
    // Where nobody asked for a pool, how many processes the backend has is a person's to know.
    out.fix = Fix{"keep FastCGI connections open",
                  wanted ? Applicability::kUnsafe : Applicability::kDisplayOnly,
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
          .changes_at = {},
          .fix = Applicability::kUnsafe,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
