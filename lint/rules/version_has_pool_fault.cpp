// Rule: the version that the user names mishandles kept connections in a way that matters here.
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 3> kNeeds = {"proxy_limit_rate", "grpc_pass",
                                                    "proxy_buffering off"};

bool limits_rate(const Location& location) {
  const auto rate = parse_size(location.scope->value_or("proxy_limit_rate", "0"));
  return rate && *rate > 0;
}

bool streams_answers(const Location& location) {
  return location.pass->protocol == Protocol::kHttp &&
         !location.scope->flag_or("proxy_buffering", true);
}

/// What goes wrong in this location with that version; empty: nothing that is known.
std::string_view fault_of(const VersionRange& asked, const Location& location) {
  const Version version = asked.last;
  if (asked.first >= Version{1, 7, 7} && version < Version{1, 13, 8} && limits_rate(location)) {
    return "with `proxy_limit_rate` an answer over a kept connection stalls; mended in 1.13.8";
  }
  if (version < Version{1, 21, 1} && location.pass->protocol == Protocol::kGrpc) {
    return "a GOAWAY of the gRPC server is not heeded, and requests on the connection that it ends "
           "fail; mended in 1.21.1";
  }
  if (version < Version{1, 21, 4} && streams_answers(location)) {
    return "with `proxy_buffering off` bytes that a backend sends beyond its answer stay in the "
           "kept "
           "connection, and another client gets them; mended in 1.21.4";
  }
  return {};
}

/// Only what all versions that are asked about have.
void check(const RuleInput& input, Report& report) {
  for (const Location* location : reusing_locations(input.config)) {
    const std::string_view fault = fault_of(input.bound.options().versions, *location);
    if (fault.empty()) continue;
    report.add(finding(Severity::kInfo, location->pass->at.head_span(), std::string(fault)));
  }
}

}  // namespace

Rule version_has_pool_fault() {
  return {
      .name = "version-has-pool-fault",
      .group = Group::kPool,
      .severity = Severity::kInfo,
      .summary =
          "The nginx that is named has a fault in kept connections that this configuration meets.",
      .needs = kNeeds,
      .check = check};
}

}  // namespace poolproof::lint
