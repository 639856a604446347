// Common edits of a configuration that look as if its author had made them: same indentation, same
// line ends. Builds TextEdits only; whether an edit is right is the rule's business.
#pragma once

#include <string>
#include <string_view>

#include "grammar/base/diagnostic.h"
#include "grammar/config/bound_config.h"

namespace poolproof::lint {

/// A new statement on a line of its own below `sibling`, which keeps the comment that follows it.
TextEdit insert_after(Directive sibling, std::string_view statement);
/// A new statement (may have several lines, written with LF and relative indentation) on lines of
/// its own above `sibling`.
TextEdit insert_before(Directive sibling, std::string_view statement);
/// A new statement as the last one of a block.
TextEdit insert_at_end(Directive block, std::string_view statement);
/// Removes a statement; with its line and the comment that follows on it if nothing else stands
/// there.
TextEdit remove_statement(Directive statement);
/// The statement as it is written, with the comment that follows it on its line.
std::string text_with_comment(Directive statement);
/// Another value for an argument (from 0), quoted where it needs it.
TextEdit replace_argument(Directive statement, std::size_t index, std::string_view value);
/// One more argument, the last.
TextEdit insert_argument(Directive statement, std::string_view value);
/// Takes an argument (from 0) out, with the blanks before it.
TextEdit remove_argument(Directive statement, std::size_t index);

/// The value as one word of a configuration: quoted if it is empty or holds a blank, a quote, `;`,
/// `{`,
/// `}`, `#` or `\`.
std::string quoted_if_needed(std::string_view value);

}  // namespace poolproof::lint
