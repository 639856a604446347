// See lua_text.h.
#include "lint/lua_text.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace poolproof::lint {
namespace {

bool is_word_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Where a long bracket ("[[ ... ]]", "[=[ ... ]=]") that opens at `at` has ended; `at` itself if
/// none opens there.
std::size_t after_long_bracket(std::string_view code, std::size_t at) {
  std::size_t inside = at + 1;
  while (inside < code.size() && code[inside] == '=') ++inside;
  if (code[at] != '[' || inside >= code.size() || code[inside] != '[') return at;
  std::string close = "]";
  close.append(inside - at - 1, '=');
  close += ']';
  const std::size_t end = code.find(close, inside + 1);
  return end == std::string_view::npos ? code.size() : end + close.size();
}

std::size_t after_comment(std::string_view code, std::size_t at) {
  const std::size_t text = at + 2;
  if (text < code.size()) {
    const std::size_t end = after_long_bracket(code, text);
    if (end != text) return end;
  }
  return std::min(code.find('\n', text), code.size());
}

std::size_t after_string(std::string_view code, std::size_t at) {
  const char quote = code[at];
  for (++at; at < code.size() && code[at] != quote && code[at] != '\n'; ++at) {
    if (code[at] == '\\') ++at;
  }
  return std::min(at + 1, code.size());
}

}  // namespace

bool is_named_in_lua(std::string_view code, std::string_view name) {
  for (std::size_t at = 0; at < code.size();) {
    if (code.substr(at, 2) == "--") {
      at = after_comment(code, at);
    } else if (code[at] == '"' || code[at] == '\'') {
      at = after_string(code, at);
    } else if (const std::size_t end = after_long_bracket(code, at); end != at) {
      at = end;
    } else if (is_word_char(code[at])) {
      const std::size_t begin = at;
      while (at < code.size() && is_word_char(code[at])) ++at;
      if (code.substr(begin, at - begin) == name) return true;
    } else {
      ++at;
    }
  }
  return false;
}

}  // namespace poolproof::lint
