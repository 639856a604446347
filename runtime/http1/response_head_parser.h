// The head of an upstream's response, with the leniency of nginx's proxy module (1.22.1 to 1.31.5):
// a message without status line is HTTP/0.9, all body. Does not own the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/request.h"

namespace poolproof::runtime {

enum class ResponseHeadStatus : std::uint8_t { kIncomplete, kComplete, kInvalid };

struct ResponseHead {
  int version = 11;  // 9 (no head at all), 10, 11
  int status = 0;
  std::string_view status_text;      // "200 OK", as sent
  std::vector<HeaderLine> headers;   // in order
  std::int64_t content_length = -1;  // -1: none
  bool chunked = false;
  bool connection_close = false;
};

/// Another head follows (RFC 9110, 15.2). After a 101 it is another protocol.
inline bool is_interim(int status) {
  return status >= 100 && status < 200 && status != 101;
}

/// What a head may say about its body. Since 1.23.0 nginx refuses what has two meanings; before,
/// the last Content-Length counts, one that is no number does not, and chunked is what has the word
/// in it.
enum class FramingRules : std::uint8_t { kLenient, kStrict };

class ResponseHeadParser {
 public:
  void reset(FramingRules rules);
  /// Like RequestHeadParser::parse, but `data` must not move.
  ResponseHeadStatus parse(const char* data, std::size_t size);

  const ResponseHead& head() const { return head_; }
  std::size_t consumed() const { return at_; }
  /// After kInvalid: why, as nginx's error log says it.
  std::string_view error() const { return error_; }

 private:
  enum class FirstLine : std::uint8_t { kOk, kIncomplete, kNone };
  FirstLine parse_status_line(const char* data, std::size_t size);
  ResponseHeadStatus take(const HeaderLine& line);
  ResponseHeadStatus take_content_length(std::string_view value);
  ResponseHeadStatus take_transfer_encoding(std::string_view value);
  ResponseHeadStatus invalid(std::string_view why);

  ResponseHead head_;
  std::size_t at_ = 0;
  FramingRules rules_ = FramingRules::kStrict;
  bool has_status_line_ = false, has_content_length_ = false, has_transfer_encoding_ = false;
  std::string_view error_;
};

}  // namespace poolproof::runtime
