// nginx's log_format turned round: the text that wrote a line, compiled into a scanner that reads
// it. No regular expressions: each variable ends where the literal text behind it begins. Knows
// which variables matter to sizing; all others are skipped over.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/base/result.h"

namespace poolproof::lint {

enum class LogField : std::uint8_t {
  kMsec,                  // $msec
  kTimeLocal,             // $time_local
  kTimeIso8601,           // $time_iso8601
  kRequestTime,           // $request_time
  kUpstreamAddr,          // $upstream_addr
  kUpstreamResponseTime,  // $upstream_response_time
  kUpstreamConnectTime,   // $upstream_connect_time
  kUpstreamName,          // $proxy_host, $proxy_upstream_name (ingress-nginx), $upstream_name
  kPid,                   // $pid
  kConnection,            // $connection
  kSkipped,               // any other
};
inline constexpr std::size_t kLogFieldCount = static_cast<std::size_t>(LogField::kSkipped) + 1;

/// The values of one line, by field; null data() where the format has no such variable.
using LogValues = std::array<std::string_view, kLogFieldCount>;

/// The field that a variable (without `$`) is.
LogField log_field(std::string_view variable);
/// The variable, with `$`, that people should log to have the field.
std::string_view variable_of(LogField field);

class LogTemplate {
 public:
  /// `format` as nginx sees it: the arguments of log_format joined, quotes and escapes resolved.
  /// An Error where the text cannot be read back: no variable in it, or two that touch, one of
  /// which is needed.
  static Result<LogTemplate> compile(std::string_view format);

  /// False if the line was not written by this format. `line` is without its line break.
  bool scan(std::string_view line, LogValues& values) const;

  bool has(LogField field) const { return has_[static_cast<std::size_t>(field)]; }
  /// When, and for how long: without both a line says nothing about concurrency.
  bool tells_time() const;
  bool tells_duration() const;
  const std::string& text() const { return text_; }

 private:
  struct Piece {
    LogField field = LogField::kSkipped;
    bool is_list = false;       // $upstream_*: "a, b : c"
    std::uint8_t least = 0;     // characters that the value has at least; may hold the literal
    std::string literal_after;  // empty only for the last piece
  };
  static std::size_t find_end(const Piece& piece, std::string_view line, std::size_t from);

  std::string text_;
  std::string prefix_;
  std::vector<Piece> pieces_;
  std::array<bool, kLogFieldCount> has_{};
};

}  // namespace poolproof::lint
