// Small makers of findings and fixes, so that a rule reads as its condition and its sentence.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lint/edit_builder.h"
#include "lint/rule.h"

namespace poolproof::lint {

inline Diagnostic finding(Severity severity, SourceSpan span, std::string message) {
  Diagnostic out;
  out.severity = severity;
  out.span = span;
  out.message = std::move(message);
  return out;
}

inline Fix safe_fix(std::string title, std::vector<TextEdit> edits) {
  return {std::move(title), Applicability::kSafe, std::move(edits)};
}

inline Fix unsafe_fix(std::string title, std::vector<TextEdit> edits) {
  return {std::move(title), Applicability::kUnsafe, std::move(edits)};
}

/// "line 12" where both places are in one file, "path:12" otherwise.
std::string place(const RuleInput& input, SourceSpan what, SourceSpan seen_from);

/// Adds a setting to the location: below its pass, or, as `if` and limit_except take none of them,
/// above that block.
TextEdit insert_setting(const Location& location, std::string_view statement);

/// The location that holds the settings of an `if` or limit_except; itself for all others.
const Location& settings_holder(const Location& location);

}  // namespace poolproof::lint
