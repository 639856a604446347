// Hexadecimal digits, as escapes and the sizes of chunks have them.
#pragma once

namespace poolproof::runtime {

/// 0 to 15; -1 if it is no digit.
inline int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace poolproof::runtime
