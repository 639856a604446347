// Rule: the configuration itself tells a pooled upstream to close.
#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    const Upstream* upstream = pooled_upstream(location);
    if (!upstream) continue;
    const ConnectionHeader header = connection_header(input.config, location);
    if (header.kind != ConnectionKind::kClose) continue;
    const bool wanted = upstream->keepalive.origin.kind == OriginKind::kExplicit;
    Diagnostic out = finding(
        wanted ? Severity::kWarning : Severity::kInfo, header.field->at.head_span(),
        fmt::format("`Connection: close` goes to upstream `{}` with every request, so its idle "
                    "connections are never used; send it empty, or take the pool away on purpose",
                    upstream->name));
    out.notes.push_back({location.pass->at.head_span(), "passed on here"});
    out.fix = unsafe_fix("send no Connection header", {replace_argument(header.field->at, 1, "")});
    report.add(std::move(out));
  }
}

}  // namespace

Rule connection_close_explicit() {
  return {.name = "connection-close-explicit",
          .group = Group::kHeaders,
          .severity = Severity::kWarning,
          .summary = "`Connection: close` is sent to a pooled upstream with every request.",
          .changes_at = {},
          .fix = Applicability::kUnsafe,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
