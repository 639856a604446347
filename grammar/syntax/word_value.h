// Inside of the syntax box: from the bytes of a word to what nginx makes of it.
#pragma once

#include <string>
#include <string_view>

namespace poolproof {

/// Decodes `\"`, `\'`, `\\`, `\t`, `\r` and `\n`; every other backslash stays (nginx 1.22.1,
/// ngx_conf_read_token). `text` is without its quotes.
std::string decode_escapes(std::string_view text);

}  // namespace poolproof
