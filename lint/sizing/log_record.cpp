// Facts about what is written: ngx_http_log_module, ngx_http_upstream_response_time_variable and
// ngx_http_upstream_addr_variable of nginx 1.22.1: attempts are parted by ", ", and by " : " where
// an internal redirect led to another upstream; "-" stands for what an attempt does not have.
#include "lint/sizing/log_record.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace poolproof::lint {
namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::int64_t kLatestSecond = 253'402'300'799;  // end of the year 9999

/// Days since 1970-01-01 in the Gregorian calendar (H. Hinnant, days_from_civil).
std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + static_cast<std::int64_t>(day_of_era) - 719468;
}

/// All of `text` as digits; -1 if it is something else.
int digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return text.empty() ? -1 : value;
}

int month_of(std::string_view name) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::size_t at = kMonths.find(name);
  return at == std::string_view::npos || at % 3 != 0 ? -1 : static_cast<int>(at / 3 + 1);
}

struct Civil {
  int year, month, day, hour, minute, second;
  int offset_hours, offset_minutes;
  char sign;
};

std::optional<std::int64_t> seconds_of(const Civil& t) {
  const bool in_range = t.year >= 0 && t.month >= 1 && t.month <= 12 && t.day >= 1 && t.day <= 31 &&
                        t.hour >= 0 && t.hour <= 23 && t.minute >= 0 && t.minute <= 59 &&
                        t.second >= 0 && t.second <= 60 && t.offset_hours >= 0 &&
                        t.offset_minutes >= 0 && (t.sign == '+' || t.sign == '-');
  if (!in_range) return std::nullopt;
  const std::int64_t days =
      days_from_civil(t.year, static_cast<unsigned>(t.month), static_cast<unsigned>(t.day));
  const std::int64_t offset = (t.offset_hours * 60 + t.offset_minutes) * 60;
  return days * 86400 + t.hour * 3600 + t.minute * 60 + t.second -
         (t.sign == '+' ? offset : -offset);
}

/// Takes the next attempt's text off the front of a list.
std::string_view next_of_list(std::string_view& list) {
  const std::size_t comma = list.find(", ");
  const std::size_t colon = list.find(" : ");
  const std::size_t end = std::min(comma, colon);
  const std::string_view item = list.substr(0, end);
  if (end == std::string_view::npos) {
    list = {};
  } else {
    list.remove_prefix(end + (end == comma ? 2 : 3));
  }
  return item;
}

/// Where no server could be chosen nginx logs the group's name, which has no port.
bool is_address(std::string_view text) {
  return text.find(':') != std::string_view::npos;
}

}  // namespace

std::optional<std::int64_t> parse_log_seconds(std::string_view text) {
  std::int64_t seconds = 0;
  const char* end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || seconds < 0 || seconds > kLatestSecond) return std::nullopt;
  if (after == end) return seconds * kMsPerSecond;
  if (*after != '.' || text[0] == '-') return std::nullopt;
  std::int64_t ms = 0;
  std::int64_t unit = 100;
  for (const char* p = after + 1; p != end; ++p, unit /= 10) {
    if (*p < '0' || *p > '9') return std::nullopt;
    ms += unit * (*p - '0');
  }
  return seconds * kMsPerSecond + ms;
}

std::optional<std::int64_t> parse_time_local(std::string_view text) {
  if (text.size() != 26 || text[2] != '/' || text[6] != '/' || text[11] != ':' || text[14] != ':' ||
      text[17] != ':' || text[20] != ' ') {
    return std::nullopt;
  }
  return seconds_of({digits(text.substr(7, 4)), month_of(text.substr(3, 3)),
                     digits(text.substr(0, 2)), digits(text.substr(12, 2)),
                     digits(text.substr(15, 2)), digits(text.substr(18, 2)),
                     digits(text.substr(22, 2)), digits(text.substr(24, 2)), text[21]});
}

std::optional<std::int64_t> parse_time_iso8601(std::string_view text) {
  if (text.size() != 25 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':' || text[22] != ':') {
    return std::nullopt;
  }
  return seconds_of({digits(text.substr(0, 4)), digits(text.substr(5, 2)),
                     digits(text.substr(8, 2)), digits(text.substr(11, 2)),
                     digits(text.substr(14, 2)), digits(text.substr(17, 2)),
                     digits(text.substr(20, 2)), digits(text.substr(23, 2)), text[19]});
}

std::optional<std::int64_t> LogClock::read(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text.size() == length_ && std::memcmp(text.data(), last_.data(), length_) == 0) {
    return seconds_;
  }
  if (text.size() > last_.size()) return std::nullopt;
  seconds_ = text.size() == 26 ? parse_time_local(text) : parse_time_iso8601(text);
  std::memcpy(last_.data(), text.data(), text.size());
  length_ = text.size();
  return seconds_;
}

LineOutcome LogReader::read(std::string_view line, LogRecord& record) {
  if (!format_.scan(line, values_) || !read_times(record)) return LineOutcome::kUnmatched;
  read_attempts(record);
  return record.attempt_count == 0 ? LineOutcome::kNotUpstream : LineOutcome::kUsed;
}

bool LogReader::read_times(LogRecord& record) {
  const auto value = [&](LogField field) { return values_[static_cast<std::size_t>(field)]; };
  if (format_.has(LogField::kMsec)) {
    const auto ms = parse_log_seconds(value(LogField::kMsec));
    if (!ms) return false;
    record.end_ms = *ms;
    record.whole_second = false;
  } else {
    const auto seconds = clock_.read(
        value(format_.has(LogField::kTimeLocal) ? LogField::kTimeLocal : LogField::kTimeIso8601));
    if (!seconds) return false;
    record.end_ms = *seconds * kMsPerSecond;
    record.whole_second = true;
  }
  record.duration_ms = -1;
  if (!format_.has(LogField::kRequestTime)) return true;
  const auto duration = parse_log_seconds(value(LogField::kRequestTime));
  if (!duration) return false;
  record.duration_ms = *duration;
  return true;
}

void LogReader::read_attempts(LogRecord& record) const {
  const auto value = [&](LogField field) { return values_[static_cast<std::size_t>(field)]; };
  const bool has_address = format_.has(LogField::kUpstreamAddr);
  const bool has_duration = format_.has(LogField::kUpstreamResponseTime);
  const bool has_connect = format_.has(LogField::kUpstreamConnectTime);
  std::string_view addresses = value(LogField::kUpstreamAddr);
  std::string_view durations = value(LogField::kUpstreamResponseTime);
  std::string_view connects = value(LogField::kUpstreamConnectTime);
  record.attempt_count = 0;
  std::int64_t sum = 0;
  const auto more = [&] { return has_address ? !addresses.empty() : !durations.empty(); };
  const auto add = [&](Attempt attempt) {
    sum += attempt.duration_ms;
    record.attempts[record.attempt_count++] = attempt;
  };
  if (!has_address && !has_duration) add({{}, record.duration_ms, -1});
  while (more() && record.attempt_count < LogRecord::kMostAttempts) {
    Attempt attempt;
    attempt.address = next_of_list(addresses);
    const auto duration = parse_log_seconds(next_of_list(durations));
    attempt.duration_ms = duration.value_or(0);
    attempt.connect_ms = parse_log_seconds(next_of_list(connects)).value_or(-1);
    if (has_address ? !is_address(attempt.address) : !duration) continue;
    if (has_connect && attempt.connect_ms < 0) continue;  // never connected
    if (!has_duration) attempt.duration_ms = std::max<std::int64_t>(record.duration_ms, 0);
    add(attempt);
  }
  if (record.duration_ms < 0) record.duration_ms = sum;
}

}  // namespace poolproof::lint
