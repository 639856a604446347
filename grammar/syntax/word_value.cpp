// The escapes are the same inside and outside of quotes.
#include "grammar/syntax/word_value.h"

#include <cstddef>

namespace poolproof {
namespace {

/// What a backslash and `c` stand for, or NUL if they stand for themselves.
char escaped(char c) {
  switch (c) {
    case '"':
    case '\'':
    case '\\':
      return c;
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'n':
      return '\n';
    default:
      return '\0';
  }
}

}  // namespace

std::string decode_escapes(std::string_view text) {
  std::string value;
  value.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool has_next = text[i] == '\\' && i + 1 < text.size();
    const char decoded = has_next ? escaped(text[i + 1]) : '\0';
    value += decoded == '\0' ? text[i] : decoded;
    i += decoded != '\0';
  }
  return value;
}

}  // namespace poolproof
