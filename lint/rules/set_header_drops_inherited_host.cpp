// Rule: an inner proxy_set_header replaces the outer list, and the client's host is lost with it.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/header_lines.h"
#include "lint/location_fix.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"proxy_set_header Host"};

std::string sent_instead(const Pass& pass) {
  return pass.host.starts_with("unix:") ? "localhost" : pass.upstream->name;
}

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    const Directive lost = lost_host_header(location);
    if (!lost) continue;
    // With the Host in its list nobody could tell any more that the rest was not meant to go.
    const std::vector<Directive> others = lost_forwarding_headers(location);
    std::vector<Directive> all{lost};
    all.insert(all.end(), others.begin(), others.end());
    const SourceSpan here = location.set_headers.value.front().at.head_span();
    Diagnostic out = finding(
        Severity::kWarning, here,
        fmt::format(
            "`Host {}` is set at {}, but the `proxy_set_header` here replaces that whole "
            "set: nginx sends `Host: {}`, and the backend does not see which host was asked "
            "for{}; repeat {} here",
            lost.arg(1), place(input, lost.span(), here), sent_instead(*location.pass),
            others.empty()
                ? ""
                : fmt::format(", and gets {} from the client or not at all", header_names(others)),
            others.empty() ? "it" : "them"));
    out.notes.push_back({lost.head_span(), "set here"});
    Fix fix = add_header_fix(
        input, location, others.empty() ? "repeat the Host header" : "repeat what was set outside",
        header_lines(all));
    fix.applicability = std::max(fix.applicability, Applicability::kUnsafe);
    out.fix = std::move(fix);
    report.add(std::move(out));
  }
}

}  // namespace

Rule set_header_drops_inherited_host() {
  return {.name = "set-header-drops-inherited-host",
          .group = Group::kHeaders,
          .severity = Severity::kWarning,
          .summary =
              "An inner `proxy_set_header` replaces the outer set, and the Host header is lost "
              "with it.",
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
