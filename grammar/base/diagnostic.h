// What is found in a configuration, and how it could be repaired. Plain data: made by every box,
// shown by the command line alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/base/source.h"

namespace poolproof {

/// kError: nginx refuses it, or the setting demonstrably does nothing or is unsafe. kWarning:
/// likely loss or failures. kInfo: advice.
enum class Severity { kError, kWarning, kInfo };

std::string_view to_string(Severity severity);

/// Replaces the bytes of `span` (which may be empty: an insertion) by `replacement`.
struct TextEdit {
  SourceSpan span;
  std::string replacement;

  friend bool operator==(const TextEdit&, const TextEdit&) = default;
};

/// The promise that a fix makes. kSafe: effective values change only where the finding is, and the
/// author's intent is visible. kUnsafe: what goes over the wire changes, or intent is guessed.
/// kDisplayOnly: it needs knowledge that only a person has; never applied.
enum class Applicability { kSafe, kUnsafe, kDisplayOnly };

std::string_view to_string(Applicability applicability);

/// Edits that belong together: all are applied or none. They do not overlap.
struct Fix {
  std::string title;
  Applicability applicability = Applicability::kUnsafe;
  std::vector<TextEdit> edits;
  /// Why it is only shown where its rule would have it applied; empty otherwise.
  std::string held_back = {};
};

/// A second place that explains the finding ("the whole set is replaced here").
struct Note {
  SourceSpan span;
  std::string message;
};

struct Diagnostic {
  /// Name of the rule in kebab-case, "syntax-error" and the like for the grammar's own.
  std::string rule;
  Severity severity = Severity::kError;
  std::string message;
  SourceSpan span;
  std::vector<Note> notes;
  std::optional<Fix> fix;
  /// Which nginx versions are affected ("before 1.29.7"), where not all that were asked about.
  std::string versions;
};

}  // namespace poolproof
