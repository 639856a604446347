// Rule: an inner proxy_set_header replaces the outer list, and what it tells of the client is lost.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/header_lines.h"
#include "lint/location_fix.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"proxy_set_header"};

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    // Where the Host is lost, too, its rule speaks for all.
    if (lost_host_header(location)) continue;
    const std::vector<Directive> lost = lost_forwarding_headers(location);
    if (lost.empty()) continue;
    const SourceSpan here = location.set_headers.value.front().at.head_span();
    const bool one = lost.size() == 1;
    Diagnostic out = finding(
        Severity::kWarning, here,
        fmt::format("{} {} set at {}, but the `proxy_set_header` here replaces that whole set: the "
                    "backend gets what the client sends under {}, or nothing; repeat {} here",
                    header_names(lost), one ? "is" : "are", place(input, lost.front().span(), here),
                    one ? "that name" : "these names", one ? "it" : "them"));
    out.notes.push_back({lost.front().head_span(), "set here"});
    Fix fix = add_header_fix(input, location, "repeat what was set outside", header_lines(lost));
    fix.applicability = std::max(fix.applicability, Applicability::kUnsafe);
    out.fix = std::move(fix);
    report.add(std::move(out));
  }
}

}  // namespace

Rule set_header_drops_inherited_forwarding() {
  return {
      .name = "set-header-drops-inherited-forwarding",
      .group = Group::kHeaders,
      .severity = Severity::kWarning,
      .summary =
          "An inner `proxy_set_header` replaces the outer set, and X-Forwarded-For and the like "
          "are lost with it.",
      .changes_at = {},
      .needs = kNeeds,
      .fix = Applicability::kUnsafe,
      .check = check,
      .documentation = {}};
}

}  // namespace poolproof::lint
