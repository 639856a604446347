// Inside of the syntax box: every message about syntax stands here, apart from the rules that find
// them.
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

/// `end` is empty and stands where the `;` is missing. A statement on one line is repaired by it;
/// one that goes over several lines may be two that lack theirs, so `begin` (its name) is only
/// shown.
Diagnostic missing_semicolon(SourceSpan end, std::string_view name, Stop stop);
Diagnostic missing_semicolon(SourceSpan end, std::string_view name, Stop stop, SourceSpan begin);
Diagnostic stray_close_brace(SourceSpan brace);
Diagnostic stray_semicolon(SourceSpan semicolon);
Diagnostic stray_open_brace(SourceSpan brace);
/// `name` is empty for a block without words.
Diagnostic missing_close_brace(SourceSpan open_brace, std::string_view name);
/// For a missing_close_brace: the brace on `close_line` looks as if it was meant for an outer
/// block.
Note probably_this_block(SourceSpan open_brace, std::string_view name, std::uint32_t close_line);
Diagnostic missing_lua_close_brace(SourceSpan open_brace, std::string_view name);
Diagnostic missing_space_after_quote(SourceSpan token, char quote, char found);
Diagnostic unterminated_quote(SourceSpan word, char quote);
Diagnostic too_long_parameter(SourceSpan word);
Diagnostic too_long_comment(SourceSpan comment);
Diagnostic too_deep(SourceSpan open_brace);
Diagnostic too_many(SourceSpan where);

}  // namespace poolproof::syntax_errors
