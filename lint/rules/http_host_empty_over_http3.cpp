// Rule: requests over HTTP/3 reach the backend without a host.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/client_facts.h"
#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 2> kNeeds = {"proxy_set_header Host $http_host",
                                                    "proxy_set_header Host ${http_host}"};
/// From then on nginx makes the header from `:authority`, as it always did for HTTP/2.
constexpr Version kMended{1, 29, 5};
constexpr std::array kChangesAt = {kMended};

bool speaks_http3(const Server& server) {
  return std::any_of(server.listens.begin(), server.listens.end(),
                     [](const Listen& listen) { return listen.quic; });
}

void check(const RuleInput& input, Report& report) {
  if (input.version >= kMended) return;
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    if (!speaks_http3(*location.server)) continue;
    const HeaderField* field = find_header(location, "Host");
    if (field == nullptr) continue;
    if (field->value != "$http_host" && field->value != "${http_host}") continue;
    Diagnostic out =
        finding(Severity::kWarning, field->at.head_span(),
                "`$http_host` is empty for requests over HTTP/3, so these reach the backend "
                "without a Host, "
                "which it must refuse in HTTP/1.1; `$host` holds the name for all of them");
    out.notes.push_back({location.server->at.head_span(), "this server speaks HTTP/3"});
    out.fix = unsafe_fix("send `$host`", {replace_argument(field->at, 1, "$host")});
    report.add(std::move(out));
  }
}

}  // namespace

Rule http_host_empty_over_http3() {
  return {.name = "http-host-empty-over-http3",
          .group = Group::kHeaders,
          .severity = Severity::kWarning,
          .summary =
              "`Host $http_host` where HTTP/3 is spoken: nginx before 1.29.5 has no value for it "
              "there.",
          .changes_at = kChangesAt,
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
