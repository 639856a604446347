// The rules of quoting are those of ngx_conf_read_token (nginx 1.22.1).
#include "translate/crossplane/words.h"

#include <cstddef>

namespace poolproof::translate::crossplane {
namespace {

bool is_quote(char c) {
  return c == '"' || c == '\'';
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Is there a bare `c`, or one after a backslash?
enum class Find { kBare, kEscaped };
bool has(std::string_view raw, char c, Find find) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const bool is_escape = raw[i] == '\\' && i + 1 < raw.size();
    if (is_escape) ++i;
    if (raw[i] == c && is_escape == (find == Find::kEscaped)) return true;
  }
  return false;
}

/// `raw` begins with a `$`. How far a `${name}` reaches; 1 if it is none that nginx and crossplane
/// both read as part of a word.
std::size_t variable_length(std::string_view raw) {
  if (!raw.starts_with("${")) return 1;
  const std::size_t end = raw.find_first_of("{} \t\r\n;\"'\\#$", 2);
  return end == std::string_view::npos || raw[end] != '}' ? 1 : end + 1;
}

/// Can quotes say it exactly?
bool fits_quotes(std::string_view raw) {
  return !has(raw, '\'', Find::kEscaped) || !has(raw, '"', Find::kEscaped);
}

/// A quote inside of a word without quotes is nothing special for nginx, but for people and
/// editors.
bool needs_quotes(std::string_view raw) {
  if (raw.empty() || is_quote(raw[0]) || raw[0] == '#') return true;
  bool holds_quotes = false;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    if (is_blank(c) || c == ';' || c == '{' || c == '}') return true;
    holds_quotes = holds_quotes || is_quote(c);
    if (c == '\\' && ++i == raw.size()) return true;
    if (c == '$') i += variable_length(raw.substr(i)) - 1;
  }
  return holds_quotes && fits_quotes(raw);
}

/// A quote of which no escape is inside, since that would be undone; single ones first, as
/// crossplane writes them, unless the other kind saves backslashes.
char choose_quote(std::string_view raw) {
  const bool single_is_escaped = has(raw, '\'', Find::kEscaped);
  const bool double_is_escaped = has(raw, '"', Find::kEscaped);
  if (single_is_escaped != double_is_escaped) return single_is_escaped ? '"' : '\'';
  const bool saves = has(raw, '\'', Find::kBare) && !has(raw, '"', Find::kBare);
  return saves ? '"' : '\'';
}

}  // namespace

std::string raw_word(std::string_view text) {
  if (text.empty() || !is_quote(text[0])) return std::string(text);
  const char quote = text[0];
  const bool is_closed = text.size() > 1 && text.back() == quote;
  text = text.substr(1, text.size() - (is_closed ? 2 : 1));
  std::string raw;
  raw.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '\\' && i + 1 < text.size();
    if (is_escape && text[i + 1] != quote) raw += '\\';
    if (is_escape) ++i;
    raw += text[i];
  }
  return raw;
}

std::string written_word(std::string_view raw) {
  if (!needs_quotes(raw)) return std::string(raw);
  const char quote = choose_quote(raw);
  std::string text(1, quote);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == quote || (raw[i] == '\\' && i + 1 == raw.size())) text += '\\';
    text += raw[i];
    if (raw[i] == '\\' && i + 1 < raw.size()) text += raw[++i];
  }
  return text + quote;
}

bool take_parentheses(std::vector<std::string>& args) {
  if (args.empty() || !args.front().starts_with('(') || !args.back().ends_with(')')) return false;
  if (args.size() == 1 && args[0].size() == 1) return false;
  args.front().erase(0, 1);
  args.back().pop_back();
  if (args.front().empty()) args.erase(args.begin());
  if (!args.empty() && args.back().empty()) args.pop_back();
  return true;
}

bool names_lua_text(std::string_view name) {
  return name.ends_with("_by_lua_block");
}

}  // namespace poolproof::translate::crossplane
