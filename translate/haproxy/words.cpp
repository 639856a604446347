// Quoting as in HAProxy 2.6: a line is taken apart into words first, then an expression into its
// arguments.
#include "translate/haproxy/words.h"

#include <algorithm>

#include <fmt/format.h>

namespace poolproof::translate::haproxy {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_one_of(char c, std::string_view set) {
  return set.find(c) != std::string_view::npos;
}

bool is_plain(char c) {
  return is_alphanumeric(c) || is_one_of(c, "_-./:,=%*+@()[]{}<>|^~!?&;");
}

bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\'';
}

std::string replaced(std::string_view text, std::string_view allowed) {
  std::string out(text);
  for (char& c : out) {
    if (!is_alphanumeric(c) && !is_one_of(c, allowed)) c = '_';
  }
  return out;
}

std::string in_double_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (is_one_of(c, "\\\"$")) {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

std::string word(std::string_view text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return std::string(text);
  if (std::any_of(text.begin(), text.end(), needs_escape)) return in_double_quotes(text);
  return fmt::format("'{}'", text);
}

std::string argument(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string literal(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '%') out += '%';
  }
  return out;
}

std::string identifier(std::string_view text) {
  return replaced(text, "_.-");
}

std::string label(std::string_view text) {
  return replaced(text, "_.-/~=^@*:");
}

std::string time_text(std::chrono::milliseconds time) {
  // Its timers are 32 bits wide; 24 days are the longest it takes.
  const auto count = std::min<std::int64_t>(time.count(), 2'000'000'000);
  if (count % 1000 == 0) return fmt::format("{}s", count / 1000);
  return fmt::format("{}ms", count);
}

}  // namespace poolproof::translate::haproxy
