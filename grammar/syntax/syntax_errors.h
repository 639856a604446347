// Inside of the syntax box: every message about syntax stands here, apart from the rules that find them.
#pragma once

#include <cstdint>
#include <string_view>

#include "grammar/base/diagnostic.h"
#include "grammar/base/source.h"

namespace poolproof::syntax_errors {

/// What cut a statement or a block short.
struct Stop {
  std::uint32_t line = 0;  // of the `}`; 0: the end of the file
};

/// Whether the statement stands on one line, so that there is one obvious place for its `;`.
enum class Extent { kOneLine, kSeveralLines };

Diagnostic missing_semicolon(SourceSpan end_of_statement, std::string_view name, Stop stop,
                             Extent extent);
Diagnostic stray_close_brace(SourceSpan brace);
Diagnostic stray_semicolon(SourceSpan semicolon);
Diagnostic stray_open_brace(SourceSpan brace);
/// `name` is empty for a block without words.
Diagnostic missing_close_brace(SourceSpan open_brace, std::string_view name);
Diagnostic missing_lua_close_brace(SourceSpan open_brace, std::string_view name);
Diagnostic missing_space_after_quote(SourceSpan token, char quote, char found);
Diagnostic unterminated_quote(SourceSpan word, char quote);
Diagnostic too_long_parameter(SourceSpan word);
Diagnostic too_long_comment(SourceSpan comment);
Diagnostic too_deep(SourceSpan open_brace);
Diagnostic too_many(SourceSpan where);

}  // namespace poolproof::syntax_errors
