// The small languages inside of words, as nginx 1.22.1 reads them (ngx_parse.c, ngx_string.c,
// ngx_http_script.c).
#include "grammar/syntax/values.h"

#include <algorithm>
#include <limits>

namespace poolproof {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_name_character(char c) {
  return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

/// 1024 to the power that the last character names, 1 if it names none.
std::int64_t scale_of(char unit, std::string_view units) {
  std::int64_t scale = 1;
  for (const char known : units) {
    scale *= 1024;
    if (unit == known || unit == known - 32) return scale;
  }
  return 1;
}

std::optional<std::int64_t> parse_scaled(std::string_view text, std::string_view units) {
  if (text.empty()) return std::nullopt;
  const std::int64_t scale = scale_of(text.back(), units);
  if (scale > 1) text.remove_suffix(1);
  const auto number = parse_number(text);
  if (!number || *number > kMax / scale) return std::nullopt;
  return *number * scale;
}

/// Adds up "1h 30m": nginx's ngx_parse_time, in its order of steps. Each unit may come once, larger
/// ones first.
class TimeParser {
 public:
  enum class Unit { kSeconds, kMilliseconds };

  explicit TimeParser(Unit unit)
      : unit_(unit), step_(unit == Unit::kSeconds ? Step::kStart : Step::kMonth) {}

  std::optional<std::int64_t> parse(std::string_view text);

 private:
  enum class Step {
    kStart,
    kYear,
    kMonth,
    kWeek,
    kDay,
    kHour,
    kMinute,
    kSecond,
    kMillisecond,
    kLast
  };

  bool take_digit(char digit);
  bool take_unit(std::string_view& text);
  bool add(std::int64_t scale);

  Unit unit_;
  Step step_;
  std::int64_t value_ = 0;
  std::int64_t total_ = 0;
};

bool TimeParser::take_digit(char digit) {
  const int number = digit - '0';
  if (value_ > (kMax - number) / 10) return false;
  value_ = value_ * 10 + number;
  return true;
}

bool TimeParser::add(std::int64_t scale) {
  if (value_ > kMax / scale || total_ > kMax - value_ * scale) return false;
  total_ += value_ * scale;
  value_ = 0;
  return true;
}

bool TimeParser::take_unit(std::string_view& text) {
  struct Row {
    std::string_view name;
    Step before;  // the unit may only follow smaller steps than this
    Step after;
    std::int64_t seconds;
  };
  static constexpr Row kRows[] = {
      {"y", Step::kYear, Step::kYear, 365 * 86400},
      {"M", Step::kMonth, Step::kMonth, 30 * 86400},
      {"w", Step::kWeek, Step::kWeek, 7 * 86400},
      {"d", Step::kDay, Step::kDay, 86400},
      {"h", Step::kHour, Step::kHour, 3600},
      {"ms", Step::kMillisecond, Step::kMillisecond, 0},
      {"m", Step::kMinute, Step::kMinute, 60},
      {"s", Step::kSecond, Step::kSecond, 1},
      {" ", Step::kSecond, Step::kLast, 1},
  };
  for (const Row& row : kRows) {
    if (!text.starts_with(row.name)) continue;
    const bool is_milliseconds = row.seconds == 0;
    if (step_ >= row.before || (is_milliseconds && unit_ == Unit::kSeconds)) return false;
    step_ = row.after;
    text.remove_prefix(row.name.size());
    if (is_milliseconds) return add(1);
    return add(unit_ == Unit::kSeconds ? row.seconds : row.seconds * 1000);
  }
  return false;
}

std::optional<std::int64_t> TimeParser::parse(std::string_view text) {
  bool has_digit = false;
  while (!text.empty()) {
    if (is_digit(text.front())) {
      if (!take_digit(text.front())) return std::nullopt;
      has_digit = true;
      text.remove_prefix(1);
      continue;
    }
    if (!take_unit(text)) return std::nullopt;
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  if (!has_digit || !add(unit_ == Unit::kSeconds ? 1 : 1000)) return std::nullopt;
  return total_;
}

/// The name at the front of `text`, which follows a `$`; takes it off. Empty if there is none.
std::string_view take_variable_name(std::string_view& text) {
  const bool has_brace = text.starts_with('{');
  if (has_brace) text.remove_prefix(1);
  std::size_t length = 0;
  while (length < text.size() && is_name_character(text[length])) ++length;
  // A capture has one digit: `$10` is `$1` and a zero.
  if (!has_brace && length > 0 && text[0] >= '1' && text[0] <= '9') length = 1;
  const std::string_view name = text.substr(0, length);
  text.remove_prefix(length);
  if (!has_brace) return name;
  if (!text.starts_with('}')) return {};
  text.remove_prefix(1);
  return name;
}

}  // namespace

std::optional<bool> parse_flag(std::string_view text) {
  if (equals_ignoring_case(text, "on")) return true;
  if (equals_ignoring_case(text, "off")) return false;
  return std::nullopt;
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : text) {
    if (!is_digit(c) || number > (kMax - (c - '0')) / 10) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  return parse_scaled(text, "km");
}

std::optional<std::int64_t> parse_offset(std::string_view text) {
  return parse_scaled(text, "kmg");
}

std::optional<std::chrono::milliseconds> parse_time(std::string_view text) {
  const auto time = TimeParser(TimeParser::Unit::kMilliseconds).parse(text);
  if (!time) return std::nullopt;
  return std::chrono::milliseconds(*time);
}

std::optional<std::chrono::seconds> parse_seconds(std::string_view text) {
  const auto time = TimeParser(TimeParser::Unit::kSeconds).parse(text);
  if (!time) return std::nullopt;
  return std::chrono::seconds(*time);
}

std::optional<std::vector<TextPiece>> split_variables(std::string_view text) {
  std::vector<TextPiece> pieces;
  while (!text.empty()) {
    const std::size_t dollar = std::min(text.find('$'), text.size());
    if (dollar > 0) pieces.push_back({false, text.substr(0, dollar)});
    text.remove_prefix(dollar);
    if (text.empty()) break;
    text.remove_prefix(1);
    const std::string_view name = take_variable_name(text);
    if (name.empty()) return std::nullopt;
    pieces.push_back({true, name});
  }
  return pieces;
}

bool has_variables(std::string_view text) {
  return text.find('$') != std::string_view::npos;
}

}  // namespace poolproof
