// Reading of the values that many directives share: sizes, times, numbers, flags; the same texts
// that nginx takes and no others (ngx_parse_size, ngx_parse_time, ngx_atoi of nginx 1.22.1).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace poolproof {

/// "on" or "off", without regard to case as nginx has it.
std::optional<bool> parse_flag(std::string_view text);

/// Decimal digits only; nothing on overflow of 64 bits signed.
std::optional<std::int64_t> parse_number(std::string_view text);

/// "8k", "1m", "512": bytes. No `g` (that is parse_offset).
std::optional<std::int64_t> parse_size(std::string_view text);
std::optional<std::int64_t> parse_offset(std::string_view text);

/// "30s", "1h 30m", "500ms", "1d"; a number without unit is seconds; weeks are the largest unit.
/// This is how nginx reads the times that it keeps in milliseconds: all timeouts.
std::optional<std::chrono::milliseconds> parse_time(std::string_view text);
/// The same for times that it keeps in seconds (`expires`, `fail_timeout`, `inactive`, `max-age`):
/// no "ms", but years and months (of 365 and 30 days).
std::optional<std::chrono::seconds> parse_seconds(std::string_view text);

/// A piece of a text with variables: "a${b}c$d" is literal a, variable b, literal c, variable d.
struct TextPiece {
  bool is_variable = false;
  std::string_view text;  // literal, or name of the variable
};
/// Captures are one digit: "$10" is variable 1, literal 0. Nothing if `$` is followed by no name or
/// `${` is not closed (nginx: "invalid variable name").
std::optional<std::vector<TextPiece>> split_variables(std::string_view text);
bool has_variables(std::string_view text);

}  // namespace poolproof
