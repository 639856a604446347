// Locations: what nests in what, what is there twice, what a target may look like.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "grammar/config/check_merged.h"

namespace poolproof {
namespace {

using enum LocationKind;

constexpr std::string_view kNesting = "misplaced-location";

bool is_regex(LocationKind kind) {
  return kind == kRegex || kind == kRegexNoCase;
}
bool is_real(const Location& location) {
  return location.kind != kServerLevel && location.kind != kIf && location.kind != kLimitExcept;
}

void check_modifier(const Location& location, std::vector<Diagnostic>& out) {
  const Directive at = location.scope->block();
  if (at.is_root() || at.arg_count() != 2) return;
  const std::string_view modifier = at.arg(0);
  if (modifier == "=" || modifier == "~" || modifier == "~*" || modifier == "^~") return;
  add_error(
      out, "invalid-value", at.arg_span(0),
      fmt::format("`{}` is no modifier of a location: write `=`, `^~`, `~` or `~*`", modifier));
}

/// nginx 1.22.1, ngx_http_core_location.
void check_nesting(const Location& location, std::vector<Diagnostic>& out) {
  const Location& outer = *location.parent;
  const Directive at = location.scope->block();
  const auto report = [&](std::string message) {
    add_error(out, kNesting, at.head_span(), std::move(message));
  };
  if (outer.kind == kExact || outer.kind == kNamed) {
    return report(fmt::format("a location cannot stand inside `location {}`, which is {}",
                              outer.display(), outer.kind == kExact ? "exact" : "a named one"));
  }
  if (location.kind == kNamed) {
    return report(
        fmt::format("the named location `{}` may only stand in `server`", location.pattern));
  }
  if (is_regex(location.kind) || location.pattern.starts_with(outer.pattern)) return;
  report(
      fmt::format("`location {}` is outside `location {}`, so no request gets there: move it out",
                  location.display(), outer.display()));
}

/// Prefix locations and exact ones are two sets; regular expressions may repeat.
void check_repeats(const Location& outer, std::vector<Diagnostic>& out) {
  if (outer.children.size() < 2) return;
  std::vector<std::pair<std::string_view, const Location*>> seen;
  for (const Location* inner : outer.children) {
    if (is_real(*inner) && !is_regex(inner->kind) && inner->kind != kNamed) {
      seen.emplace_back(inner->pattern, inner);
    }
  }
  const auto order = [](const auto& a, const auto& b) {
    const bool a_exact = a.second->kind == kExact;
    const bool b_exact = b.second->kind == kExact;
    return std::tie(a.first, a_exact) < std::tie(b.first, b_exact);
  };
  std::stable_sort(seen.begin(), seen.end(), order);
  for (std::size_t i = 1; i < seen.size(); ++i) {
    if (order(seen[i - 1], seen[i])) continue;
    add_error(out, "duplicate-location", seen[i].second->scope->block().head_span(),
              fmt::format("`location {}` is there twice in one block", seen[i].second->display()));
    out.back().notes.push_back(
        {seen[i - 1].second->scope->block().head_span(), "first given here"});
  }
}

/// nginx replaces the part of the request that matched; where nothing matched as a prefix it
/// cannot.
void check_uri_part(const Location& location, std::vector<Diagnostic>& out) {
  if (!location.pass || location.pass->copied_from_outer || location.pass->has_variables) return;
  const Pass& pass = *location.pass;
  if (pass.protocol != Protocol::kHttp || !pass.has_uri) return;
  if (!is_regex(location.kind) && location.kind != kNamed && location.kind != kIf &&
      location.kind != kLimitExcept) {
    return;
  }
  add_error(
      out, "pass-uri-not-allowed", pass.at.arg_span(0),
      fmt::format("`proxy_pass` cannot have a URI part (`{}`) in a location given by a regular "
                  "expression, in a named one, in `if` or in `limit_except`: end it after the "
                  "host, and use `rewrite` to change the URI",
                  pass.uri));
}

}  // namespace

void check_locations(const MergedInput& input, std::vector<Diagnostic>& out) {
  for (const Location& location : input.config.locations()) {
    check_repeats(location, out);
    check_uri_part(location, out);
    if (!is_real(location) || location.scope->block().is_root()) continue;
    check_modifier(location, out);
    if (location.parent != nullptr && is_real(*location.parent) &&
        !location.parent->scope->block().is_root()) {
      check_nesting(location, out);
    }
  }
}

}  // namespace poolproof
