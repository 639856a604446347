// The little that is needed of UTF-8: how many columns some bytes take, and whether they are valid.
#pragma once

#include <cstddef>
#include <string_view>

namespace poolproof {

/// Length in bytes (1 to 4) of the valid UTF-8 sequence (RFC 3629) at the start of `text`, or 0 if
/// there is none. `text` must not be empty.
std::size_t utf8_sequence_length(std::string_view text);

/// Number of code points; a byte outside any valid sequence counts as one.
std::size_t utf8_length(std::string_view text);

/// Every byte is below 0x80. Quicker than any of the others.
bool is_ascii(std::string_view text);

}  // namespace poolproof
