// Making the small texts of variables.
#include "runtime/variables_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace poolproof::runtime {
namespace {

bool names_header(std::string_view variable_part, std::string_view name) {
  if (variable_part.size() != name.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const char as_variable = c == '-'               ? '_'
                             : c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20)
                                                    : c;
    if (as_variable != variable_part[i]) return false;
  }
  return true;
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
}

/// The value up to `;` if `text` begins with "name="; else null data.
std::string_view value_of_pair(std::string_view text, std::string_view name) {
  if (!equals_ignoring_case(text.substr(0, name.size()), name)) return {};
  text.remove_prefix(name.size());
  skip_blanks(text);
  if (!text.starts_with('=')) return {};
  text.remove_prefix(1);
  skip_blanks(text);
  return text.substr(0, text.find(';'));
}

/// Which of the 256 bytes are escaped.
using EscapeSet = std::array<bool, 256>;
constexpr EscapeSet make_escapes(std::string_view extra) {
  EscapeSet set{};
  for (std::size_t i = 0; i < 256; ++i) set[i] = i <= 0x20 || i >= 0x7f;
  for (const char c : extra) set[static_cast<unsigned char>(c)] = true;
  return set;
}
// nginx 1.22.1, ngx_escape_uri: tables `args` and `uri`.
constexpr EscapeSet kArgumentEscapes = make_escapes("\"#%&+;<>?\\^`{|}");
constexpr EscapeSet kPathEscapes = make_escapes("\"#%<>?\\^`{|}");

std::string_view escape(std::string_view text, const EscapeSet& set, Arena& arena) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::size_t count = 0;
  for (const char c : text) count += set[static_cast<unsigned char>(c)] ? 1 : 0;
  if (count == 0) return text;
  char* const begin = arena.allocate(text.size() + 2 * count);
  char* at = begin;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (!set[byte]) {
      *at++ = c;
      continue;
    }
    *at++ = '%';
    *at++ = kDigits[byte >> 4];
    *at++ = kDigits[byte & 0xf];
  }
  return {begin, text.size() + 2 * count};
}

}  // namespace

std::string_view number_text(std::uint64_t number, Arena& arena) {
  const fmt::format_int text(number);
  return arena.copy({text.data(), text.size()});
}

std::string_view seconds_text(std::int64_t milliseconds, Arena& arena) {
  if (milliseconds < 0) milliseconds = 0;
  char text[32];
  const auto end =
      fmt::format_to_n(text, sizeof text, "{}.{:03}", milliseconds / 1000, milliseconds % 1000);
  return arena.copy({text, end.size});
}

std::string_view header_variable(std::span<const HeaderLine> headers,
                                 std::string_view variable_part, std::string_view separator,
                                 Arena& arena) {
  std::string_view first;
  std::string joined;  // of several
  for (const HeaderLine& line : headers) {
    if (!names_header(variable_part, line.name)) continue;
    if (first.data() == nullptr) {
      first = line.value.data() != nullptr ? line.value : std::string_view("");
      if (separator.empty()) return first;
      continue;
    }
    if (joined.empty()) joined = first;
    joined.append(separator).append(line.value);
  }
  return joined.empty() ? first : arena.copy(joined);
}

std::string_view cookie_value(std::span<const HeaderLine> headers, std::string_view name) {
  for (const HeaderLine& line : headers) {
    if (!equals_ignoring_case(line.name, "Cookie")) continue;
    for (std::string_view rest = line.value; !rest.empty();) {
      if (const std::string_view value = value_of_pair(rest, name); value.data() != nullptr)
        return value;
      rest.remove_prefix(std::min(rest.find_first_of(";,"), rest.size() - 1) + 1);
      skip_blanks(rest);
    }
  }
  return {};
}

std::string_view set_cookie_value(std::span<const HeaderLine> headers, std::string_view name) {
  for (const HeaderLine& line : headers) {
    if (!equals_ignoring_case(line.name, "Set-Cookie")) continue;
    if (const std::string_view value = value_of_pair(line.value, name); value.data() != nullptr)
      return value;
  }
  return {};
}

std::string_view argument_value(std::string_view args, std::string_view name) {
  while (!args.empty()) {
    const std::size_t end = args.find('&');
    const std::string_view pair = args.substr(0, end);
    if (pair.size() > name.size() && pair[name.size()] == '=' &&
        equals_ignoring_case(pair.substr(0, name.size()), name)) {
      return pair.substr(name.size() + 1);
    }
    if (end == std::string_view::npos) break;
    args.remove_prefix(end + 1);
  }
  return {};
}

std::string_view decode_base64(std::string_view text, Arena& arena) {
  const auto digit = [](char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
  };
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  if (text.size() % 4 == 1) return {};
  char* const begin = arena.allocate(text.size());
  char* at = begin;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = digit(c);
    if (value < 0) return {};
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    *at++ = static_cast<char>(bits >> count);
  }
  return {begin, static_cast<std::size_t>(at - begin)};
}

std::string_view escape_arguments(std::string_view text, Arena& arena) {
  return escape(text, kArgumentEscapes, arena);
}

std::string_view escape_path(std::string_view text, Arena& arena) {
  return escape(text, kPathEscapes, arena);
}

}  // namespace poolproof::runtime
