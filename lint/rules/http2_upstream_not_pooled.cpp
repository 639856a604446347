// Rule: HTTP/2 to the upstream, by an nginx that does not keep it.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"proxy_http_version 2"};

constexpr Version kSince{1, 29, 4};
constexpr Version kMended{1, 30, 1};
constexpr std::array kChangesAt = {kSince, kMended};

void check(const RuleInput& input, Report& report) {
  if (input.version < kSince || input.version >= kMended) return;
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    if (location.http_version.value != HttpVersion::k2 || !pooled_upstream(location)) continue;
    Diagnostic out = finding(
        Severity::kWarning, location.http_version.origin.directive.head_span(),
        "this nginx does not give an HTTP/2 connection back to the pool after a request without a "
        "body, so each GET opens a new one; upgrade to 1.30.1, or speak HTTP/1.1");
    out.notes.push_back({location.pass->at.head_span(), "passed on here"});
    report.add(std::move(out));
  }
}

}  // namespace

Rule http2_upstream_not_pooled() {
  return {.name = "http2-upstream-not-pooled",
          .group = Group::kProtocol,
          .severity = Severity::kWarning,
          .summary =
              "`proxy_http_version 2` before 1.30.1: requests without a body do not give their "
              "connection back.",
          .changes_at = kChangesAt,
          .needs = kNeeds,
          .check = check};
}

}  // namespace poolproof::lint
