// Quoting for Caddyfiles and for Go's expressions. Knows nothing of routes.
#include "translate/caddy/words.h"

#include <algorithm>

#include <fmt/format.h>

#include "translate/comments.h"

namespace poolproof::translate::caddy {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word_byte(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
}

/// `{` and `}` are plain where they are a placeholder's.
bool is_plain(std::string_view text) {
  if (text.empty() || text.front() == '#') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f && c != '"' && c != '`';
  });
}

/// A block begins with a brace of its own.
bool is_brace(std::string_view text) {
  return text == "{" || text == "}" || text.ends_with('{');
}

/// After a backslash: classes and assertions that both know alike, or any byte that is no letter.
bool is_shared_escape(char c) {
  if (!is_letter(c) && !(c >= '0' && c <= '9')) return static_cast<unsigned char>(c) < 0x80;
  return std::string_view("dDwWsSbBAnrtf").find(c) != std::string_view::npos;
}

bool is_shared_group(std::string_view rest) {
  for (const std::string_view known : {"(?:", "(?i)", "(?i:", "(?P<"}) {
    if (rest.starts_with(known)) return true;
  }
  return rest.starts_with("(?<") && rest.size() > 3 && is_letter(rest[3]);
}

/// Go counts to 1000.
bool is_great_count(std::string_view rest) {
  const std::size_t end = rest.find_first_not_of("0123456789,", 1);
  if (rest[0] != '{' || end == std::string_view::npos || rest[end] != '}') return false;
  return end > 4;
}

bool is_repeat(char c) {
  return c == '*' || c == '+' || c == '?' || c == '}';
}

}  // namespace

std::string word(std::string_view text) {
  if (is_plain(text) && !is_brace(text)) return std::string(text);
  if (text.find('`') == std::string_view::npos) return fmt::format("`{}`", text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string literal(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '{' || c == '}') out += '\\';
    out += c;
  }
  return out;
}

std::optional<std::string> go_pattern(std::string_view pattern, bool no_case) {
  std::string out = no_case ? "(?i)" : "";
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const std::string_view rest = pattern.substr(i);
    const char c = rest[0];
    if (static_cast<unsigned char>(c) >= 0x80 || c == '\0') return std::nullopt;
    if (c == '\\') {
      if (rest.size() < 2 || !is_shared_escape(rest[1])) return std::nullopt;
      out += rest.substr(0, 2);
      ++i;
      continue;
    }
    if (in_class) {
      if (rest.starts_with("[:") || c == '[') return std::nullopt;
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
      // A bracket that comes first is plain in both.
      const std::size_t first = rest.starts_with("[^") ? 2 : 1;
      out += rest.substr(0, first);
      i += first - 1;
      if (rest.size() > first && rest[first] == ']') {
        out += "\\]";
        ++i;
      }
      continue;
    } else if (rest.starts_with("(*") || (rest.starts_with("(?") && !is_shared_group(rest))) {
      return std::nullopt;
    } else if (rest.starts_with("(?<")) {
      out += "(?P<";
      i += 2;
      continue;
    } else if (is_great_count(rest) || (is_repeat(c) && rest.size() > 1 && rest[1] == '+')) {
      return std::nullopt;
    }
    out += c;
  }
  // Placeholders of the environment are put in before anything is read.
  if (out.find("{$") != std::string::npos) return std::nullopt;
  return out;
}

std::string quoted_pattern(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string time_text(std::chrono::milliseconds time) {
  if (time.count() % 1000 != 0) return fmt::format("{}ms", time.count());
  return fmt::format("{}s", time.count() / 1000);
}

std::string identifier(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return !is_word_byte(c); }, '_');
  return out;
}

std::string comment_text(std::string_view text) {
  std::string out = one_line(text);
  for (std::size_t at = out.find("{$"); at != std::string::npos; at = out.find("{$", at)) {
    out[at] = '(';
  }
  return out;
}

}  // namespace poolproof::translate::caddy
