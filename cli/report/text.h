// Findings as people read them: place, severity, message, rule, the source line with the place
// marked, notes with theirs, and how it can be repaired.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/report/paint.h"
#include "cli/session.h"
#include "grammar/base/diagnostic.h"

namespace poolproof::cli {

Colour colour_of(Severity severity);

/// One finding with everything that belongs to it, ending in a line break.
std::string text_of(const Diagnostic& finding, const SourceMap& sources, const TextStyle& style);

/// All of them, an empty line between them.
std::string text_of(std::span<const Diagnostic> findings, const SourceMap& sources,
                    const TextStyle& style);

/// How many findings of each kind.
struct Counts {
  std::size_t errors = 0, warnings = 0, infos = 0;
  std::size_t safe_fixes = 0, unsafe_fixes = 0;

  void add(const Diagnostic& finding);
  std::size_t findings() const { return errors + warnings + infos; }
};

/// "2 errors, 1 warning in 3 files; `poolproof fix` repairs 2, 1 more with --unsafe".
std::string summary_of(const Counts& counts, std::size_t files);

/// "1 file", "2 files".
std::string counted(std::size_t count, std::string_view noun);

}  // namespace poolproof::cli
