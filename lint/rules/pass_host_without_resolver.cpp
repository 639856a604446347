// Rule: a host that becomes known with the request is no upstream block, and nginx has nobody to
// ask for its address.
#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

/// "app" of "app:80".
std::string_view host_of(const Upstream& address) {
  const std::string_view name = address.name;
  return name.substr(0, name.rfind(':'));
}

/// Where a map gives that value: which of its lines.
Directive line_that_says(const EffectiveConfig& config, const Pass& pass, std::string_view host) {
  for (const MapVariable& map : config.maps()) {
    if (pass.target.find(map.name) == std::string_view::npos) continue;
    for (const MapEntry& entry : map.entries) {
      if (entry.value == host) return entry.at;
    }
    if (map.fallback && map.fallback->value == host) return map.fallback->at;
  }
  return {};
}

Diagnostic about(const RuleInput& input, const Location& location, const Upstream& address) {
  const Pass& pass = *location.pass;
  const std::string_view host = host_of(address);
  const Upstream* group = input.config.find_upstream(host);
  const bool always = pass.possible_upstreams.size() == 1;
  const std::string names = fmt::format("`{}` {} `{}`", pass.target, always ? "names" : "may name",
                                        group != nullptr ? address.name : host);
  Diagnostic out = finding(
      Severity::kError, pass.at.head_span(),
      group != nullptr
          ? fmt::format(
                "{}: with a port that is a host name and not the upstream `{}`, and without "
                "`resolver` nginx answers 502; leave the port out",
                names, group->name)
          : fmt::format("{}, which is no upstream block, and without `resolver` nginx answers 502 "
                        "instead of looking it up; name an upstream block",
                        names));
  if (group != nullptr) out.notes.push_back({group->at.head_span(), "the upstream"});
  if (const Directive line = line_that_says(input.config, pass, host)) {
    out.notes.push_back({line.head_span(), "the name comes from here"});
  }
  return out;
}

void check(const RuleInput& input, Report& report) {
  // In a fragment both the upstream and the resolver may stand elsewhere.
  if (input.bound.is_snippet() || input.bound.incomplete()) return;
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || !location.pass->has_variables || has_resolver(location)) continue;
    // What code in Lua may have put there instead is not known.
    if (!location.pass->possible_upstreams_complete) continue;
    for (const Upstream* address : variable_addresses(location).looked_up) {
      report.add(about(input, location, *address));
    }
  }
}

}  // namespace

Rule pass_host_without_resolver() {
  return {.name = "pass-host-without-resolver",
          .group = Group::kPool,
          .severity = Severity::kError,
          .summary =
              "A variable names a host that is no upstream block, and there is no "
              "`resolver`: nginx answers 502.",
          .check = check};
}

}  // namespace poolproof::lint
