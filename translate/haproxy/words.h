// Texts as HAProxy's configuration wants them: words, arguments of converters, log formats, times.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace poolproof::translate::haproxy {

/// One word of a line, quoted where it has to be.
std::string word(std::string_view text);

/// An argument between the parentheses of a sample expression. The whole expression has to go
/// through word() afterwards.
std::string argument(std::string_view text);

/// Literal text of a log format.
std::string literal(std::string_view text);

/// What may be the name of a section, a server or an ACL: all other bytes become `_`.
std::string identifier(std::string_view text);

/// The same for the texts that rules compare: they may look like paths.
std::string label(std::string_view text);

/// "60s", "1500ms".
std::string time_text(std::chrono::milliseconds time);

}  // namespace poolproof::translate::haproxy
