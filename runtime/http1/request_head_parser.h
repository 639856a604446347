// The head of a request, taken apart while it arrives, with nginx's verdicts on what is wrong with
// it. Does not own the bytes and does no routing: the validity of the URI and of Host's text is
// routing's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/http1/header_line.h"
#include "runtime/request.h"

namespace poolproof::runtime {

enum class HeadStatus : std::uint8_t { kIncomplete, kComplete, kBad, kHost };

/// What a server says about heads. nginx reads them into buffers, a line never into two of them:
/// what counts is how many buffers the lines take.
struct HeadLimits {
  std::size_t first_buffer = 1024;  // client_header_buffer_size
  std::size_t large_buffer = 8192;  // large_client_header_buffers: no line is longer
  std::size_t large_buffers = 4;
  std::size_t lines = SIZE_MAX;  // max_headers: header lines that are taken
  NameRules names;
  /// parse() returns kHost when a Host is known, of the request line or the header: the limits of
  /// the server that it names hold for the lines behind it. Call it again.
  bool stops_at_host = false;
};

class RequestHeadParser {
 public:
  /// For the next request.
  void reset();

  /// Looks at everything that has come of the message so far. `data` may move between calls as long
  /// as the bytes stay the same. Views in `head` are into `data` and stay right after kComplete.
  HeadStatus parse(const char* data, std::size_t size, const HeadLimits& limits, RequestHead& head);

  /// After kComplete: bytes of the head. After kBad: of what was read of it.
  std::size_t consumed() const { return at_; }
  /// Nothing has come but the blank lines that may stand in front of a request.
  bool has_only_blanks() const;
  /// Bytes of the lines that were taken, without empty ones in front: $request_length.
  std::size_t size_of_head() const { return at_ - start_; }
  /// After kBad: the status to answer: 400, 405, 414, 494 (too large: 400 with its own page), 501,
  /// 505.
  int error_status() const { return error_status_; }
  std::string_view error() const { return error_; }
  /// Those that were taken so far.
  std::span<const HeaderLine> headers() const { return headers_; }
  /// After kHost: its text.
  std::string_view host() const { return host_; }
  /// The client asks for "100 Continue".
  bool expects_continue() const { return expects_continue_; }
  bool connection_close() const { return connection_close_; }
  bool connection_keep_alive() const { return connection_keep_alive_; }
  /// The request line is known: errors may be answered in its version.
  bool has_request_line() const { return has_request_line_; }

 private:
  HeadStatus bad(int status, std::string_view text);
  HeadStatus parse_line(const HeadLimits& limits, RequestHead& head);
  HeadStatus take(const ParsedLine& line);
  HeadStatus take_framing(std::string_view value, std::string_view& into, std::string_view error);
  HeadStatus read_framing(RequestHead& head);
  HeadStatus take_connection(std::string_view value);
  HeadStatus take_unique(std::string_view name);
  HeadStatus finish(RequestHead& head);
  bool fits(std::size_t line, const HeadLimits& limits);
  void rebase(const char* data, std::size_t size, RequestHead& head);

  const char* data_ = nullptr;  // of the last call
  std::size_t size_ = 0;
  std::size_t at_ = 0;     // beginning of the first line that is not taken yet
  std::size_t start_ = 0;  // of the request line
  bool has_request_line_ = false;
  bool expects_continue_ = false;
  bool connection_close_ = false, connection_keep_alive_ = false;
  bool has_host_ = false;
  std::string_view content_length_, transfer_encoding_;  // null: there was none
  unsigned unique_seen_ = 0;                             // a bit per name that may stand once
  std::size_t filled_ = 0;         // bytes of the current buffer, were there nginx's
  std::size_t buffer_ = 0;         // its size; 0 before the first
  std::size_t large_buffers_ = 0;  // in use
  int error_status_ = 0;
  std::string_view error_, host_;
  std::vector<HeaderLine> headers_;
};

}  // namespace poolproof::runtime
