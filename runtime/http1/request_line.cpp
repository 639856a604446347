// Method, target and version.
#include "runtime/http1/request_line.h"

#include <algorithm>
#include <array>

namespace poolproof::runtime {
namespace {

using Status = RequestLineStatus;

bool is_method_char(char c) {
  return (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return static_cast<unsigned char>((c | 0x20) - 'a') < 26;
}
bool is_scheme_char(char c) {
  return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
}
bool is_host_char(char c) {
  return is_letter(c) || is_digit(c) || c == '.' || c == '-';
}
bool is_literal_char(char c) {
  return is_host_char(c) || std::string_view(":_~!$&'()*+,;=").find(c) != std::string_view::npos;
}

constexpr std::array<bool, 256> make_target_table() {
  std::array<bool, 256> table{};
  for (std::size_t c = 0x21; c < 256; ++c) table[c] = c != 0x7f;
  return table;
}
constexpr std::array<bool, 256> kTargetChars = make_target_table();
bool is_target_char(char c) {
  return kTargetChars[static_cast<unsigned char>(c)];
}

/// Reads from left to right; whatever ends at the end of the text is incomplete.
class Reader {
 public:
  Reader(std::string_view text, RequestHead& head)
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), head_(head) {}

  Status read() {
    Status status = read_method();
    if (status == Status::kOk) status = read_target();
    if (status == Status::kOk) status = read_version();
    if (status != Status::kOk) return status;
    head_.version = version_;
    if (version_ == 9 && head_.method != Method::kGet) return Status::kInvalidMethod;
    head_.method_name = method_;
    head_.target_scheme = scheme_;
    head_.target_host = host_;
    head_.target = target_;
    head_.line = {begin_, static_cast<std::size_t>(line_end_ - begin_)};
    if (version_ != 9) {
      head_.protocol = {head_.protocol.data(),
                        static_cast<std::size_t>(line_end_ - head_.protocol.data())};
    }
    return Status::kOk;
  }
  std::size_t consumed() const { return static_cast<std::size_t>(at_ - begin_); }

 private:
  template <class Test>
  std::string_view take_while(Test test) {
    const char* from = at_;
    while (at_ != end_ && test(*at_)) ++at_;
    return {from, static_cast<std::size_t>(at_ - from)};
  }
  void skip_blanks() {
    while (at_ != end_ && *at_ == ' ') ++at_;
  }
  Status take(std::string_view word) {
    for (const char c : word) {
      if (at_ == end_) return Status::kIncomplete;
      if (*at_ != c) return Status::kInvalid;
      ++at_;
    }
    return Status::kOk;
  }

  Status read_method() {
    method_ = take_while(is_method_char);
    if (at_ == end_) return Status::kIncomplete;
    if (*at_ != ' ' || method_.empty()) return Status::kInvalidMethod;
    head_.method = method_from(method_);
    return Status::kOk;
  }

  Status read_target() {
    skip_blanks();
    if (at_ == end_) return Status::kIncomplete;
    if (is_letter(*at_)) {
      if (const Status status = read_authority(); status != Status::kOk) return status;
    } else if (*at_ != '/') {
      return Status::kInvalid;
    }
    target_ = take_while(is_target_char);
    if (target_.empty()) target_ = "/";  // an authority without a path
    return at_ == end_ ? Status::kIncomplete : Status::kOk;
  }

  /// "http://host:port" in front of the path. That the host is empty is found out later.
  Status read_authority() {
    scheme_ = take_while(is_scheme_char);
    if (const Status status = take("://"); status != Status::kOk) return status;
    const char* host = at_;
    if (at_ != end_ && *at_ == '[') {
      ++at_;
      take_while(is_literal_char);
      if (const Status status = take("]"); status != Status::kOk) return status;
    } else {
      take_while(is_host_char);
    }
    if (at_ != end_ && *at_ == ':') {
      ++at_;
      take_while(is_digit);
    }
    if (at_ == end_) return Status::kIncomplete;
    host_ = {host, static_cast<std::size_t>(at_ - host)};
    return *at_ == '/' || *at_ == '?' || *at_ == ' ' ? Status::kOk : Status::kInvalid;
  }

  Status read_version() {
    skip_blanks();
    if (at_ == end_) return Status::kIncomplete;
    version_ = 9;
    if (*at_ != 'H') return read_line_break();
    head_.protocol = {at_, 0};
    if (const Status status = take("HTTP/"); status != Status::kOk) return status;
    if (const Status status = read_numbers(); status != Status::kOk) return status;
    skip_blanks();
    return read_line_break();
  }

  Status read_numbers() {
    if (at_ == end_) return Status::kIncomplete;
    if (*at_ < '1' || *at_ > '9') return Status::kInvalid;
    int major = 0;
    for (; at_ != end_ && is_digit(*at_); ++at_) {
      major = major * 10 + (*at_ - '0');
      if (major > 1) return Status::kInvalidVersion;
    }
    if (const Status status = take("."); status != Status::kOk) return status;
    if (at_ == end_) return Status::kIncomplete;
    if (!is_digit(*at_)) return Status::kInvalid;
    int minor = 0;
    for (; at_ != end_ && is_digit(*at_); ++at_) {
      if (minor > 99) return Status::kInvalid;
      minor = minor * 10 + (*at_ - '0');
    }
    version_ = minor == 0 ? 10 : 11;
    return Status::kOk;
  }

  Status read_line_break() {
    if (at_ == end_) return Status::kIncomplete;
    line_end_ = at_;
    if (*at_ == '\r') ++at_;
    return take("\n");
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  const char* line_end_ = nullptr;
  RequestHead& head_;
  std::string_view method_, scheme_, host_, target_;
  int version_ = 9;
};

}  // namespace

RequestLineStatus parse_request_line(std::string_view text, RequestHead& head, std::size_t& size) {
  Reader reader(text, head);
  const RequestLineStatus status = reader.read();
  if (status == RequestLineStatus::kOk)
    size = reader.consumed();
  else
    head.line = text.substr(0, text.find_first_of("\r\n"));
  return status;
}

}  // namespace poolproof::runtime
