// Small texts that variables are made of: numbers, times, lists of header values, cookies. Below
// the variables only.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "runtime/request.h"

namespace poolproof::runtime {

std::string_view number_text(std::uint64_t number, Arena& arena);
/// Milliseconds as "1.234".
std::string_view seconds_text(std::int64_t milliseconds, Arena& arena);
/// Values of all lines whose name is `variable_part` with `_` for `-`, joined; null data if none.
/// An empty separator: only the first one.
std::string_view header_variable(std::span<const HeaderLine> headers,
                                 std::string_view variable_part, std::string_view separator,
                                 Arena& arena);
/// The value of a cookie that the client sent; null data if it is not there (nginx 1.22.1,
/// ngx_http_parse_multi_header_lines: names without case, `;` and `,` separate).
std::string_view cookie_value(std::span<const HeaderLine> headers, std::string_view name);
/// The value of a cookie that an upstream sets; null data if it sets none of that name.
std::string_view set_cookie_value(std::span<const HeaderLine> headers, std::string_view name);
/// The value of an argument, not decoded; null data if it is not there (nginx, ngx_http_arg).
std::string_view argument_value(std::string_view args, std::string_view name);
/// Decodes base64 (RFC 4648); null data if it is not valid.
std::string_view decode_base64(std::string_view text, Arena& arena);
/// ASCII characters that nginx escapes in arguments (ngx_escape_uri, NGX_ESCAPE_ARGS) as %XX.
std::string_view escape_arguments(std::string_view text, Arena& arena);
/// The same for a path that is put into a request line (NGX_ESCAPE_URI).
std::string_view escape_path(std::string_view text, Arena& arena);

}  // namespace poolproof::runtime
