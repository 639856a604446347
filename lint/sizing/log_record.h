// One line of an access log as numbers: when the request ended, how long it took, and which servers
// it was tried on for how long. Knows how nginx writes times and lists of attempts; knows nothing
// of simulation.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lint/sizing/log_template.h"

namespace poolproof::lint {

/// "0.123", "1700000000.123", "12": milliseconds. Nothing for "-", "" and what else is no number.
std::optional<std::int64_t> parse_log_seconds(std::string_view text);

/// Reads $time_local and $time_iso8601 as seconds since 1970 (UTC). Lines of one second carry the
/// same text, so the last text and its value are remembered.
class LogClock {
 public:
  std::optional<std::int64_t> read(std::string_view text);

 private:
  std::array<char, 32> last_{};
  std::size_t length_ = 0;
  std::optional<std::int64_t> seconds_;
};

/// Nothing for a time that is not written as nginx writes it.
std::optional<std::int64_t> parse_time_local(std::string_view text);
std::optional<std::int64_t> parse_time_iso8601(std::string_view text);

/// One connection that a request used.
struct Attempt {
  std::string_view address;  // empty where the log does not tell
  std::int64_t duration_ms = 0;
  std::int64_t connect_ms = -1;  // -1: not logged
};

struct LogRecord {
  std::int64_t end_ms = 0;    // since 1970
  bool whole_second = false;  // end_ms is known to a second only
  std::int64_t duration_ms = 0;
  static constexpr std::size_t kMostAttempts = 16;  // of a request; later ones are left out
  std::array<Attempt, kMostAttempts> attempts;
  std::size_t attempt_count = 0;
};

enum class LineOutcome : std::uint8_t {
  kUsed,
  kUnmatched,    // not of this format, or a time in it is none
  kNotUpstream,  // answered without an upstream: static, cached, no server that took a connection
};

class LogReader {
 public:
  explicit LogReader(LogTemplate format) : format_(std::move(format)) {}

  /// `record` and values() are valid as long as `line` is, and only for kUsed.
  LineOutcome read(std::string_view line, LogRecord& record);
  const LogValues& values() const { return values_; }
  const LogTemplate& format() const { return format_; }

 private:
  bool read_times(LogRecord& record);
  void read_attempts(LogRecord& record) const;

  LogTemplate format_;
  LogValues values_;
  LogClock clock_;
};

}  // namespace poolproof::lint
