// Rule: an upstream group that nothing passes to.
#include <algorithm>

#include <fmt/format.h>

#include "lint/finding.h"

namespace poolproof::lint {
namespace {

/// Could a pass name a group that is not known here?
bool names_are_open(const EffectiveConfig& config) {
  return std::any_of(config.locations().begin(), config.locations().end(),
                     [](const Location& location) {
                       return location.pass && location.pass->has_variables &&
                              !location.pass->possible_upstreams_complete;
                     });
}

/// Lua and the like reach upstreams in ways that the configuration does not show.
bool has_scripts(const BoundConfig& bound) {
  for (const LoadedFile& file : bound.files()) {
    const std::string_view text = file.tree.text();
    if (text.find("_by_lua") != std::string_view::npos ||
        text.find("js_import") != std::string_view::npos ||
        text.find("perl_modules") != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

/// Modules of others pass to groups, too: `redis2_pass NAME`.
bool is_named_by_others(const BoundConfig& bound, std::string_view name) {
  for (DirectiveId id = 1; id < bound.directive_count(); ++id) {
    const DirectiveSpec* spec = bound.at(id).spec;
    if (spec != nullptr && !spec->is(DirectiveFlag::kThirdParty)) continue;
    const Directive at = bound.directive(id);
    for (std::size_t i = 0; i < at.arg_count(); ++i) {
      if (at.arg(i) == name) return true;
    }
  }
  return false;
}

/// A pass that nginx cannot read may be the one that names the group.
bool has_errors(const BoundConfig& bound) {
  return std::any_of(bound.diagnostics().begin(), bound.diagnostics().end(),
                     [](const Diagnostic& one) { return one.severity == Severity::kError; });
}

void check(const RuleInput& input, Report& report) {
  if (input.bound.incomplete() || input.bound.is_snippet() || has_errors(input.bound)) return;
  const bool any_unused = std::any_of(
      input.config.upstreams().begin(), input.config.upstreams().end(),
      [](const Upstream& upstream) { return !upstream.implicit && upstream.users.empty(); });
  if (!any_unused || has_scripts(input.bound) || names_are_open(input.config)) return;
  for (const Upstream& upstream : input.config.upstreams()) {
    if (upstream.implicit || !upstream.users.empty()) continue;
    if (is_named_by_others(input.bound, upstream.name)) continue;
    const bool pool = upstream.keepalive.origin.kind == OriginKind::kExplicit;
    report.add(finding(pool ? Severity::kWarning : Severity::kInfo, upstream.at.head_span(),
                       fmt::format("nothing passes requests to upstream `{}`; remove it or use it",
                                   upstream.name)));
  }
}

}  // namespace

Rule unused_upstream() {
  return {.name = "unused-upstream",
          .group = Group::kCleanup,
          .severity = Severity::kWarning,
          .summary = "An upstream is defined and no pass ever names it.",
          .check = check};
}

}  // namespace poolproof::lint
