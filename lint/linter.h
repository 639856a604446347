// Runs the rules over a configuration, once for each stretch of versions in which they can give
// another answer, and joins what they say. Knows no rule by name; reads no files and prints
// nothing.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/base/diagnostic.h"
#include "grammar/base/version.h"
#include "grammar/config/bound_config.h"

#include "lint/told/told.h"

namespace poolproof::lint {

struct LintOptions {
  VersionRange versions;
  /// True where the user named the versions.
  bool versions_named = false;
  /// Names of rules; if not empty only these are run. What the grammar finds is always reported.
  std::vector<std::string> select = {};
  /// Names of rules whose findings are left out, those of the grammar too.
  std::vector<std::string> ignore = {};
  /// Whether findings of a rule are left out in a file (by the path that it is shown under); empty:
  /// nowhere.
  std::function<bool(std::string_view path, std::string_view rule)> is_ignored = {};
  Told told = {};
  /// The version that is upgraded from, to the newest of `versions`.
  std::optional<Version> upgrade_from = std::nullopt;
};

struct LintResult {
  /// Sorted by file (in the order of reading), place, rule and message; no finding twice. A message
  /// ends with the versions that are affected, where these are not all ("(nginx before 1.29.7)"),
  /// and `Diagnostic::versions` holds the same ("before 1.29.7").
  std::vector<Diagnostic> diagnostics;
  std::size_t suppressed = 0;  // findings that a comment in the configuration silences

  std::size_t count(Severity severity) const;
};

/// The grammar's findings (syntax, binding, merge) and those of the rules. Syntax errors do not
/// keep the rest from being linted.
LintResult lint(const BoundConfig& config, const LintOptions& options);

/// Stretches of `range` within which no rule's verdict about the configuration changes, oldest
/// first.
std::vector<VersionRange> version_stretches(const BoundConfig& config, VersionRange range);

}  // namespace poolproof::lint
