// Rule: the client decides what the Connection header towards the upstream is.
#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/location_fix.h"
#include "lint/pool_facts.h"
#include "lint/pooled_findings.h"

namespace poolproof::lint {
namespace {

bool is_the_header_itself(std::string_view value) {
  return value.find("$http_connection") != std::string_view::npos ||
         value.find("${http_connection}") != std::string_view::npos;
}

std::string sentence(const HeaderField& field, const Upstream& upstream) {
  if (is_the_header_itself(field.value)) {
    return fmt::format(
        "the client decides what `Connection` says to upstream `{}`: one that sends `close` "
        "empties the pool, and it can name headers for the backend to drop; send `\"\"`, or a "
        "map of $http_upgrade for WebSockets",
        upstream.name);
  }
  return fmt::format(
      "`{}` is `close` for some requests, and each of these ends a connection of upstream `{}`; "
      "send `\"\"`, or a map of $http_upgrade for WebSockets",
      field.value, upstream.name);
}

/// Without a pool nothing is lost, but the header is still the client's to write.
void check_without_pool(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    const HeaderField* field = find_header(location, "Connection");
    if (field == nullptr || !is_the_header_itself(field->value) || meant_pool(location)) continue;
    Diagnostic out = finding(
        Severity::kInfo, field->at.head_span(),
        "the client decides what `Connection` says to the backend, and can name headers there for "
        "it to drop; send `\"\"`, or a map of $http_upgrade for WebSockets");
    out.notes.push_back({location.pass->at.head_span(), "passed on here"});
    out.fix = upgrade_header_fix(input, location, *field);
    report.add(std::move(out));
  }
}

void check(const RuleInput& input, Report& report) {
  for (const auto& [location, upstream, reason] :
       input.pooled.of("connection-header-from-client")) {
    const HeaderField& field = *reason.field;
    Diagnostic out = finding(Severity::kWarning, field.at.head_span(), sentence(field, *upstream));
    out.notes.push_back({location->pass->at.head_span(), "passed on here"});
    out.fix = upgrade_header_fix(input, *location, field);
    report.add(std::move(out));
  }
  check_without_pool(input, report);
}

}  // namespace

Rule connection_header_from_client() {
  return {.name = "connection-header-from-client",
          .group = Group::kHeaders,
          .severity = Severity::kWarning,
          .summary = "The client's own `Connection` header is passed to a pooled upstream.",
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
