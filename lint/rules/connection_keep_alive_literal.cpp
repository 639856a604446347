// Rule: `Connection: keep-alive` where HTTP/1.1 needs no such header.
#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/location_fix.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    if (pooled_upstream(location) == nullptr) continue;
    // Over HTTP/1.0 it is what keeps the connection, so there it has to stay.
    if (location.http_version.value != HttpVersion::k11) continue;
    const HeaderField* field = find_header(location, "Connection");
    if (field == nullptr || !equal_ignoring_case(field->value, "keep-alive")) continue;
    Diagnostic out = finding(
        Severity::kInfo, field->at.head_span(),
        fmt::format("`Connection: {}` is of HTTP/1.0; over HTTP/1.1 connections stay open "
                    "without it, and every request carries it to the backend; send it empty",
                    field->value));
    out.fix = change_header_fix(input, location, "send no Connection header", *field, "");
    report.add(std::move(out));
  }
}

}  // namespace

Rule connection_keep_alive_literal() {
  return {.name = "connection-keep-alive-literal",
          .group = Group::kCleanup,
          .severity = Severity::kInfo,
          .summary = "`Connection: keep-alive` is sent over HTTP/1.1, which needs no such header.",
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
