// Status line and header lines of an upstream.
#include "runtime/http1/response_head_parser.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "runtime/http1/header_line.h"

namespace poolproof::runtime {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr std::string_view kBothHeaders =
    "upstream sent \"Content-Length\" and \"Transfer-Encoding\" headers at the same time";

/// -1: no number, or beyond all numbers (ngx_atoof).
std::int64_t parse_length(std::string_view value) {
  std::int64_t length = -1;
  const auto result = std::from_chars(value.data(), value.data() + value.size(), length);
  const bool whole = result.ec == std::errc() && result.ptr == value.data() + value.size();
  return whole && is_digit(value.front()) ? length : -1;
}

}  // namespace

void ResponseHeadParser::reset(FramingRules rules) {
  rules_ = rules;
  std::vector<HeaderLine> kept = std::move(head_.headers);
  kept.clear();
  head_ = ResponseHead{};
  head_.headers = std::move(kept);
  at_ = 0;
  has_status_line_ = has_content_length_ = has_transfer_encoding_ = false;
  error_ = {};
}

ResponseHeadStatus ResponseHeadParser::invalid(std::string_view why) {
  error_ = why;
  return ResponseHeadStatus::kInvalid;
}

ResponseHeadParser::FirstLine ResponseHeadParser::parse_status_line(const char* data,
                                                                    std::size_t size) {
  constexpr std::string_view kPrefix = "HTTP/";
  const std::size_t compared = std::min(size, kPrefix.size());
  if (std::memcmp(data, kPrefix.data(), compared) != 0) return FirstLine::kNone;
  const auto* line_end = static_cast<const char*>(std::memchr(data, '\n', size));
  if (line_end == nullptr) return FirstLine::kIncomplete;
  const char* at = data + kPrefix.size();
  const char* end = line_end != data && line_end[-1] == '\r' ? line_end - 1 : line_end;
  if (at >= end || *at < '1' || *at > '9') return FirstLine::kNone;
  int major = 0, minor = 0;
  for (; at < end && is_digit(*at) && major < 100; ++at) major = major * 10 + (*at - '0');
  if (at >= end || *at++ != '.' || at >= end || !is_digit(*at)) return FirstLine::kNone;
  for (; at < end && is_digit(*at) && minor < 100; ++at) minor = minor * 10 + (*at - '0');
  if (at >= end || *at != ' ') return FirstLine::kNone;
  while (at < end && *at == ' ') ++at;
  if (end - at < 3 || !is_digit(at[0]) || !is_digit(at[1]) || !is_digit(at[2]))
    return FirstLine::kNone;
  if (end - at > 3 && at[3] != ' ' && at[3] != '.') return FirstLine::kNone;
  if (std::find(at, end, '\r') != end) return FirstLine::kNone;
  head_.status = (at[0] - '0') * 100 + (at[1] - '0') * 10 + (at[2] - '0');
  head_.status_text = {at, static_cast<std::size_t>(end - at)};
  head_.version = major > 1 || (major == 1 && minor >= 1) ? 11 : 10;
  // nginx keeps connections only of HTTP/1.1 responses.
  if (head_.version < 11) head_.connection_close = true;
  at_ = static_cast<std::size_t>(line_end + 1 - data);
  return FirstLine::kOk;
}

ResponseHeadStatus ResponseHeadParser::parse(const char* data, std::size_t size) {
  if (size == 0) return ResponseHeadStatus::kIncomplete;
  if (!has_status_line_) {
    const FirstLine first = parse_status_line(data, size);
    if (first == FirstLine::kIncomplete) return ResponseHeadStatus::kIncomplete;
    if (first == FirstLine::kNone) {
      head_.version = 9;
      head_.status = 200;
      head_.connection_close = true;
      return ResponseHeadStatus::kComplete;
    }
    has_status_line_ = true;
  }
  while (true) {
    // Names that a client may not send are passed on as they are.
    const ParsedLine line = parse_header_line(data + at_, data + size, {false, true});
    if (line.status == LineStatus::kInvalid) return invalid("upstream sent invalid header");
    if (line.status == LineStatus::kIncomplete) return ResponseHeadStatus::kIncomplete;
    at_ = static_cast<std::size_t>(line.next - data);
    if (line.status == LineStatus::kEnd) return ResponseHeadStatus::kComplete;
    if (take({line.name, line.value}) == ResponseHeadStatus::kInvalid)
      return ResponseHeadStatus::kInvalid;
  }
}

ResponseHeadStatus ResponseHeadParser::take(const HeaderLine& line) {
  head_.headers.push_back(line);
  switch (line.name.size()) {
    case 10:
      if (equals_ignoring_case(line.name, "connection") &&
          contains_ignoring_case(line.value, "close")) {
        head_.connection_close = true;
      }
      break;
    case 14:
      if (equals_ignoring_case(line.name, "content-length")) return take_content_length(line.value);
      break;
    case 17:
      if (equals_ignoring_case(line.name, "transfer-encoding"))
        return take_transfer_encoding(line.value);
      break;
    default:
      break;
  }
  return ResponseHeadStatus::kComplete;
}

ResponseHeadStatus ResponseHeadParser::take_content_length(std::string_view value) {
  const bool strict = rules_ == FramingRules::kStrict;
  if (strict && has_content_length_)
    return invalid("upstream sent duplicate header line: \"Content-Length\"");
  if (strict && has_transfer_encoding_) return invalid(kBothHeaders);
  has_content_length_ = true;
  head_.content_length = parse_length(value);
  if (strict && head_.content_length < 0)
    return invalid("upstream sent invalid \"Content-Length\" header");
  return ResponseHeadStatus::kComplete;
}

ResponseHeadStatus ResponseHeadParser::take_transfer_encoding(std::string_view value) {
  if (rules_ == FramingRules::kLenient) {
    head_.chunked = head_.chunked || contains_ignoring_case(value, "chunked");
    return ResponseHeadStatus::kComplete;
  }
  if (has_transfer_encoding_)
    return invalid("upstream sent duplicate header line: \"Transfer-Encoding\"");
  if (has_content_length_) return invalid(kBothHeaders);
  has_transfer_encoding_ = true;
  if (!equals_ignoring_case(value, "chunked"))
    return invalid("upstream sent unknown \"Transfer-Encoding\"");
  head_.chunked = true;
  return ResponseHeadStatus::kComplete;
}

}  // namespace poolproof::runtime
