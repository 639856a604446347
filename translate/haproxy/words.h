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

/// The bytes that nginx escapes in a path that it wrote anew (ngx_escape_uri; since 1.21.1 some
/// more), escaped.
enum class PathEscape { kOld, k1_21_1 };
std::string escaped_path(std::string_view path, PathEscape escape);
/// Those of the bytes that HAProxy's url_enc escapes which nginx leaves: "/!$&'()*+,:;=@[]" and so
/// on.
std::string_view plain_in_paths(PathEscape escape);

}  // namespace poolproof::translate::haproxy
