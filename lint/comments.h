// Comments that speak to poolproof: "# poolproof: ...". What they hold, and which statement they
// are about.
#pragma once

#include <optional>
#include <string_view>

#include "grammar/config/bound_config.h"

namespace poolproof::lint {

/// Blanks and a carriage return at both ends taken off.
std::string_view trimmed(std::string_view text);
/// Takes the prefix off, if it is there.
bool take(std::string_view& text, std::string_view prefix);

/// Could the file have such a comment at all? Cheap.
bool mentions_poolproof(const SyntaxTree& tree);
/// What stands behind "# poolproof:", trimmed; nothing for other comments.
std::optional<std::string_view> text_for_poolproof(const SyntaxTree& tree, const Token& comment);

/// The statement on the comment's line (the line, from its beginning to the comment's end), or, of
/// a comment on a line of its own, the next statement with its block; empty if there is none.
SourceSpan governed_by(const SyntaxTree& tree, const Token& comment);

}  // namespace poolproof::lint
