// Rule: nothing clears the Connection header towards a pooled upstream, so nginx sends its old
// default `close`. Where an outer level cleared it and an inner list replaced that, another rule
// speaks.
#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    const Upstream* upstream = pooled_upstream(location);
    if (!upstream || lost_connection_header(location)) continue;
    if (location.http_version.value == HttpVersion::k2) continue;  // has no such header
    if (connection_header(input.config, location).kind != ConnectionKind::kClosedByDefault)
      continue;
    const bool chose_10 =
        location.http_version.value == HttpVersion::k10 && !speaks_http10_by_default(location);
    if (chose_10) continue;
    Diagnostic out = finding(
        Severity::kError, location.pass->at.head_span(),
        fmt::format(
            "nothing clears the `Connection` header here, so nginx sends `Connection: close` and "
            "the idle connections of upstream `{}` are never used; set "
            "`proxy_set_header Connection \"\"`",
            upstream->name));
    const auto& list = location.set_headers.value;
    if (!list.empty())
      out.notes.push_back({list.back().at.head_span(), "the headers that are sent"});
    out.fix = safe_fix("clear the Connection header",
                       {insert_header(location, "proxy_set_header Connection \"\";")});
    report.add(std::move(out));
  }
}

}  // namespace

Rule connection_header_not_cleared() {
  return {.name = "connection-header-not-cleared",
          .group = Group::kHeaders,
          .severity = Severity::kError,
          .summary = "Nothing clears `Connection`, so nginx sends `close` to a pooled upstream.",
          .changes_at = {},
          .fix = Applicability::kSafe,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
