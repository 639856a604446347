// Rule: a request without Host goes to the backend.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {R"(proxy_set_header Host "")"};

constexpr Version kAlwaysSent{1, 31, 4};
constexpr std::array kChangesAt = {kAlwaysSent};

void check(const RuleInput& input, Report& report) {
  if (input.version >= kAlwaysSent) return;
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    if (location.http_version.value == HttpVersion::k10) continue;
    const HeaderField* field = find_header(location, "Host");
    if (field == nullptr || !field->value.empty()) continue;
    Diagnostic out = finding(
        Severity::kError, field->at.head_span(),
        "without `Host` a request in HTTP/1.1 is invalid, and backends answer it with 400; set "
        "`Host $host`, or remove the line");
    out.notes.push_back({location.pass->at.head_span(), "passed on here"});
    out.fix = unsafe_fix("send the client's host", {replace_argument(field->at, 1, "$host")});
    report.add(std::move(out));
  }
}

}  // namespace

Rule host_header_cleared() {
  return {.name = "host-header-cleared",
          .group = Group::kHeaders,
          .severity = Severity::kError,
          .summary =
              "`proxy_set_header Host \"\"`: HTTP/1.1 requests without a Host, which backends "
              "must refuse.",
          .changes_at = kChangesAt,
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
