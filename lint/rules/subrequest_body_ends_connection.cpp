// Rule: a check or a copy of each request costs a connection.
#include <array>

#include <fmt/format.h>

#include "lint/client_facts.h"
#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 2> kNeeds = {"auth_request", "mirror"};

bool is_target(const RuleInput& input, const Location& location, std::string_view directive) {
  for (const Directive at : client_statements(input.config, directive)) {
    if (at.arg(0) == location.pattern) return true;
  }
  return false;
}

bool asks_for_no_body(const Location& location) {
  const Directive method = location.scope->find("proxy_method").last();
  return method && equal_ignoring_case(method.arg(0), "HEAD");
}

void check(const RuleInput& input, Report& report) {
  for (const Location* location : reusing_locations(input.config)) {
    if (location->kind != LocationKind::kExact && location->kind != LocationKind::kPrefix) continue;
    if (location->pass->protocol != Protocol::kHttp || asks_for_no_body(*location)) continue;
    const bool checks = is_target(input, *location, "auth_request");
    if (!checks && !is_target(input, *location, "mirror")) continue;
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
