// charset_map and the pairs of character sets that need one (nginx 1.22.1,
// ngx_http_charset_filter_module.c).
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "grammar/config/check_merged.h"
#include "grammar/config/lower_case.h"

namespace poolproof {
namespace {

using Pair = std::pair<std::string, std::string>;

/// Works in both directions.
Pair pair_of(std::string_view a, std::string_view b) {
  Pair pair(lower_case(a), lower_case(b));
  if (pair.second < pair.first) std::swap(pair.first, pair.second);
  return pair;
}

std::optional<unsigned> hex(std::string_view text) {
  if (text.empty()) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) {
    const char low = static_cast<char>(c | 0x20);
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && (low < 'a' || low > 'f')) return std::nullopt;
    value = value * 16 + static_cast<unsigned>(is_digit ? c - '0' : low - 'a' + 10);
    if (value > 0xffff) return std::nullopt;
  }
  return value;
}

bool is_byte(std::string_view text) {
  const auto value = hex(text);
  return value && *value <= 0xff;
}

/// "E28482": one character of two to four bytes; nginx takes no ASCII here and nothing above
/// U+FFFF.
bool is_utf8(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto value = hex(text.substr(i, 2));
    if (!value || i + 1 == text.size()) return false;
    bytes += static_cast<char>(*value);
  }
  if (bytes.empty()) return false;
  const auto first = static_cast<unsigned char>(bytes[0]);
  if (first < 0xc2 || first >= 0xf0) return false;
  const std::size_t more = first >= 0xe0 ? 2 : 1;
  if (bytes.size() <= more) return false;
  unsigned character = first & (more == 2 ? 0x0fu : 0x1fu);
  for (std::size_t i = 1; i <= more; ++i) {
    const auto next = static_cast<unsigned char>(bytes[i]);
    if ((next & 0xc0) != 0x80) return false;
    character = character << 6 | (next & 0x3f);
  }
  return character > (more == 2 ? 0x7ffu : 0x7fu);
}

void check_entry(Directive entry, bool to_utf8, std::vector<Diagnostic>& out) {
  const auto refuse = [&](std::string message) {
    add_error(out, "invalid-value", entry.head_span(), std::move(message));
  };
  if (entry.is_block()) return refuse("an entry of `charset_map` ends with `;` and opens no block");
  if (entry.arg_count() != 1) return refuse("an entry of `charset_map` is two codes");
  if (!is_byte(entry.name())) return refuse(fmt::format("`{}` is no byte", entry.name()));
  if (to_utf8 ? is_utf8(entry.arg(0)) : is_byte(entry.arg(0))) return;
  refuse(fmt::format("`{}` is no {}", entry.arg(0),
                     to_utf8 ? "character in UTF-8, such as `D18E`" : "byte"));
}

std::set<Pair> check_tables(const MergedInput& input, std::vector<Diagnostic>& out) {
  std::set<Pair> known;
  for (const Directive at : input.statements.of("charset_map")) {
    const Pair pair = pair_of(at.arg(0), at.arg(1));
    if (pair.first == pair.second) {
      add_error(out, "invalid-value", at.head_span(),
                "`charset_map` is for two different character sets");
    } else if (!known.insert(pair).second) {
      add_error(out, "conflicting-settings", at.head_span(),
                fmt::format("there is a `charset_map` between `{}` and `{}` already", at.arg(0),
                            at.arg(1)));
    }
    const bool to_utf8 = lower_case(at.arg(1)) == "utf-8";
    for (const Directive entry : children(at)) check_entry(entry, to_utf8, out);
  }
  return known;
}

/// Null where there is none, or where a variable decides.
Directive constant(const Scope& scope, std::string_view name) {
  const Directive at = scope.find(name).last();
  return at && !at.arg(0).starts_with('$') ? at : Directive();
}

}  // namespace

void check_charsets(const MergedInput& input, std::vector<Diagnostic>& out) {
  const std::set<Pair> known = check_tables(input, out);
  if (!input.is_whole || input.statements.of("source_charset").empty()) return;
  std::set<DirectiveId> told;
  for (const Location& location : input.config.locations()) {
    const Directive to = constant(*location.scope, "charset");
    const Directive from = constant(*location.scope, "source_charset");
    if (!to || !from || to.arg(0) == "off") continue;
    const Pair pair = pair_of(to.arg(0), from.arg(0));
    if (pair.first == pair.second || known.contains(pair) || !told.insert(to.id()).second) continue;
    add_error(out, "conflicting-settings", to.head_span(),
              fmt::format("no `charset_map` leads from `{}` to `{}`", from.arg(0), to.arg(0)));
    out.back().notes.push_back({from.head_span(), "with this one"});
  }
}

}  // namespace poolproof
