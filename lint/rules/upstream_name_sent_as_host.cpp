// Rule: the backend is told a host name that it will refuse.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/location_fix.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"upstream"};

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    const Upstream* upstream = location.pass->upstream;
    if (upstream == nullptr || upstream->implicit || location.pass->has_variables) continue;
    if (upstream->name.find('_') == std::string::npos) continue;
    // Where an outer block sets one, another rule speaks.
    if (find_header(location, "Host") != nullptr || lost_host_header(location)) continue;
    Diagnostic out = finding(
        Severity::kWarning, location.pass->at.head_span(),
        fmt::format("nothing sets `Host`, so nginx sends `Host: {}`, and a `_` is not allowed in a "
                    "host name: Django, Tomcat and others answer 400; set `proxy_set_header Host "
                    "$host`",
                    upstream->name));
    Fix fix =
        add_header_fix(input, location, "send the client's host", "proxy_set_header Host $host;");
    fix.applicability = std::max(fix.applicability, Applicability::kUnsafe);
    out.fix = std::move(fix);
    report.add(std::move(out));
  }
}

}  // namespace

Rule upstream_name_sent_as_host() {
  return {
      .name = "upstream-name-sent-as-host",
      .group = Group::kHeaders,
      .severity = Severity::kWarning,
      .summary =
          "No `Host` is set, so the name of the upstream goes out as one, and it has a `_` in it.",
      .needs = kNeeds,
      .fix = Applicability::kUnsafe,
      .check = check};
}

}  // namespace poolproof::lint
