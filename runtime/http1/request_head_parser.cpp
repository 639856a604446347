// Line by line: a line is taken when its break has come, so that errors are answered as early as
// nginx does.
#include "runtime/http1/request_head_parser.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>

#include "runtime/http1/request_line.h"

namespace poolproof::runtime {
namespace {

/// What nginx 1.22.1 refuses to see twice, beside Host and the two that frame the body
/// (ngx_http_process_unique_header_line). take() asks by their lengths first.
constexpr std::string_view kUniqueNames[] = {
    "expect",        "if-match",      "if-range",          "if-none-match",
    "content-range", "authorization", "if-modified-since", "if-unmodified-since"};

}  // namespace

void RequestHeadParser::reset() {
  data_ = nullptr;
  size_ = 0;
  at_ = start_ = 0;
  has_request_line_ = expects_continue_ = connection_close_ = connection_keep_alive_ = false;
  has_host_ = false;
  content_length_ = transfer_encoding_ = {};
  unique_seen_ = 0;
  filled_ = buffer_ = large_buffers_ = 0;
  error_status_ = 0;
  error_ = host_ = {};
  headers_.clear();
}

bool RequestHeadParser::has_only_blanks() const {
  return !has_request_line_ && at_ == size_ && start_ == size_;
}

HeadStatus RequestHeadParser::bad(int status, std::string_view text) {
  error_status_ = status;
  error_ = text;
  return HeadStatus::kBad;
}

void RequestHeadParser::rebase(const char* data, std::size_t size, RequestHead& head) {
  const auto move = [this, data](std::string_view& view) {
    // An absolute target without a path is a constant and stays where it is.
    const bool inside = view.data() >= data_ && view.data() <= data_ + size_;
    if (inside) view = {data + (view.data() - data_), view.size()};
  };
  if (data_ != nullptr && data_ != data) {
    for (std::string_view* view :
         {&head.line, &head.method_name, &head.target, &head.target_scheme, &head.target_host,
          &head.protocol, &host_, &content_length_, &transfer_encoding_}) {
      move(*view);
    }
    for (HeaderLine& line : headers_) {
      move(line.name);
      move(line.value);
    }
  }
  data_ = data;
  size_ = size;
}

/// Whether a line of that length (or so much of it as has come) finds a buffer, as nginx 1.22.1
/// allots them (ngx_http_alloc_large_header_buffer): what does not fit into the rest of one moves
/// to the next.
bool RequestHeadParser::fits(std::size_t line, const HeadLimits& limits) {
  if (buffer_ == 0) buffer_ = limits.first_buffer;
  if (filled_ + line <= buffer_) return true;
  if (line > limits.large_buffer || large_buffers_ == limits.large_buffers) return false;
  ++large_buffers_;
  buffer_ = limits.large_buffer;
  filled_ = 0;
  return true;
}

HeadStatus RequestHeadParser::parse(const char* data, std::size_t size, const HeadLimits& limits,
                                    RequestHead& head) {
  rebase(data, size, head);
  const char* const end = data + size;
  if (!has_request_line_) {
    // Empty lines in front of a request are passed over (RFC 9112, 2.2).
    while (at_ < size && (data[at_] == '\r' || data[at_] == '\n')) ++at_;
    if (const HeadStatus status = parse_line(limits, head); status != HeadStatus::kComplete)
      return status;
    host_ = head.target_host;
    if (limits.stops_at_host && host_.data() != nullptr) return HeadStatus::kHost;
  }
  if (head.version == 9) return finish(head);  // there are no header lines
  while (true) {
    const char* begin = data + at_;
    const ParsedLine line = parse_header_line(begin, end, limits.names);
    const char* reached = line.next != nullptr ? line.next : end;
    const auto length = static_cast<std::size_t>(reached - begin);
    if (line.status == LineStatus::kInvalid) return bad(400, "client sent invalid header line");
    if (!fits(length, limits)) {
      return length > limits.large_buffer ? bad(494, "client sent too long header line")
                                          : bad(494, "client sent too large request");
    }
    if (line.status == LineStatus::kIncomplete) return HeadStatus::kIncomplete;
    at_ += length;
    filled_ += length;
    if (line.status == LineStatus::kEnd) return finish(head);
    if (line.status == LineStatus::kDropped) continue;
    if (headers_.size() >= limits.lines) return bad(494, "client sent too many header lines");
    const HeadStatus taken = take(line);
    if (taken == HeadStatus::kBad || (taken == HeadStatus::kHost && limits.stops_at_host))
      return taken;
  }
}

HeadStatus RequestHeadParser::parse_line(const HeadLimits& limits, RequestHead& head) {
  start_ = at_;
  // nginx has not seen more of it than its buffers hold.
  const std::size_t seen = limits.large_buffers == 0
                               ? limits.first_buffer
                               : std::max(limits.first_buffer, limits.large_buffer);
  std::size_t length = 0;
  switch (parse_request_line({data_ + at_, std::min(size_ - at_, seen)}, head, length)) {
    case RequestLineStatus::kIncomplete:
      return size_ - at_ < seen ? HeadStatus::kIncomplete : bad(414, "client sent too long URI");
    case RequestLineStatus::kInvalidMethod:
      return bad(400, "client sent invalid method");
    case RequestLineStatus::kInvalid:
      return bad(400, "client sent invalid request");
    case RequestLineStatus::kInvalidVersion:
      return bad(505, "client sent invalid version");
    case RequestLineStatus::kOk:
      break;
  }
  if (!fits(length, limits)) return bad(414, "client sent too long URI");
  at_ += length;
  filled_ += length;
  has_request_line_ = true;
  return HeadStatus::kComplete;
}

HeadStatus RequestHeadParser::take(const ParsedLine& line) {
  headers_.push_back({line.name, line.value});
  switch (line.name.size()) {
    case 4:
      if (equals_ignoring_case(line.name, "host")) {
        if (has_host_) return bad(400, "client sent duplicate host header");
        has_host_ = true;
        host_ = line.value;
        return HeadStatus::kHost;
      }
      break;
    case 6:
      if (!equals_ignoring_case(line.name, "expect")) break;
      expects_continue_ = equals_ignoring_case(line.value, "100-continue");
      return take_unique(line.name);
    case 8:
    case 13:
    case 19:
      return take_unique(line.name);
    case 10:
      if (equals_ignoring_case(line.name, "connection")) return take_connection(line.value);
      break;
    case 14:
      if (equals_ignoring_case(line.name, "content-length"))
        return take_framing(line.value, content_length_,
                            "client sent duplicate header line: \"Content-Length\"");
      break;
    case 17:
      if (equals_ignoring_case(line.name, "transfer-encoding")) {
        return take_framing(line.value, transfer_encoding_,
                            "client sent duplicate header line: \"Transfer-Encoding\"");
      }
      return take_unique(line.name);
    default:
      break;
  }
  return HeadStatus::kComplete;
}

/// Of several lines the last one counts that says either, anywhere in its value, as nginx looks.
HeadStatus RequestHeadParser::take_connection(std::string_view value) {
  const bool close = contains_ignoring_case(value, "close");
  if (!close && !contains_ignoring_case(value, "keep-alive")) return HeadStatus::kComplete;
  connection_close_ = close;
  connection_keep_alive_ = !close;
  return HeadStatus::kComplete;
}

HeadStatus RequestHeadParser::take_unique(std::string_view name) {
  const auto* at = std::find_if(std::begin(kUniqueNames), std::end(kUniqueNames),
                                [name](auto each) { return equals_ignoring_case(each, name); });
  if (at == std::end(kUniqueNames)) return HeadStatus::kComplete;
  const unsigned bit = 1u << static_cast<unsigned>(at - std::begin(kUniqueNames));
  if ((unique_seen_ & bit) != 0) return bad(400, "client sent duplicate header line");
  unique_seen_ |= bit;
  return HeadStatus::kComplete;
}

/// What the framing's values are worth is looked at when the head is complete.
HeadStatus RequestHeadParser::take_framing(std::string_view value, std::string_view& into,
                                           std::string_view error) {
  if (into.data() != nullptr) return bad(400, error);
  into = value;
  return HeadStatus::kComplete;
}

/// nginx 1.22.1, ngx_http_process_request_header.
HeadStatus RequestHeadParser::read_framing(RequestHead& head) {
  if (content_length_.data() != nullptr) {
    std::int64_t length = -1;
    const char* end = content_length_.data() + content_length_.size();
    const auto result = std::from_chars(content_length_.data(), end, length);
    if (result.ec != std::errc() || result.ptr != end || content_length_.front() == '-')
      return bad(400, "client sent invalid \"Content-Length\" header");
    head.content_length = length;
  }
  if (transfer_encoding_.data() == nullptr) return HeadStatus::kComplete;
  if (head.version < 11)
    return bad(400, "client sent HTTP/1.0 request with \"Transfer-Encoding\" header");
  if (!equals_ignoring_case(transfer_encoding_, "chunked"))
    return bad(501, "client sent unknown \"Transfer-Encoding\"");
  if (content_length_.data() != nullptr) {
    return bad(400,
               "client sent \"Content-Length\" and \"Transfer-Encoding\" headers at the same time");
  }
  head.chunked = true;
  return HeadStatus::kComplete;
}

HeadStatus RequestHeadParser::finish(RequestHead& head) {
  head.headers = headers_;
  head.size = size_of_head();
  if (head.version > 10 && !has_host_) {
    return bad(400, "client sent HTTP/1.1 request without \"Host\" header");
  }
  if (read_framing(head) == HeadStatus::kBad) return HeadStatus::kBad;
  if (head.method == Method::kConnect) return bad(405, "client sent CONNECT method");
  if (head.method == Method::kTrace) return bad(405, "client sent TRACE method");
  return HeadStatus::kComplete;
}

}  // namespace poolproof::runtime
