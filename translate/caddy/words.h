// Words of a Caddyfile and Go's expressions. Knows nothing of routes.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace poolproof::translate::caddy {

/// One word, quoted where it has to be.
std::string word(std::string_view text);

/// Text without placeholders, as it stands beside placeholders.
std::string literal(std::string_view text);

/// An expression of PCRE as Go's. Nothing where Go has no such thing (look-around, references,
/// possessive repeats) or might read it otherwise.
std::optional<std::string> go_pattern(std::string_view pattern, bool no_case);

/// A text as an expression that takes it and nothing else.
std::string quoted_pattern(std::string_view text);

/// "60s", "1500ms".
std::string time_text(std::chrono::milliseconds time);

/// What may be the name of a matcher, a snippet or a placeholder: all other bytes become `_`.
std::string identifier(std::string_view text);

/// A text of the configuration in a comment: it must not end the comment, and placeholders of the
/// environment are put into comments, too.
std::string comment_text(std::string_view text);

}  // namespace poolproof::translate::caddy
