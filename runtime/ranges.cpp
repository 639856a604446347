// Facts: nginx 1.22.1, ngx_http_range_filter_module.
#include "runtime/ranges.h"

#include <fmt/format.h>

#include <charconv>

#include "runtime/request.h"

namespace poolproof::runtime {
namespace {

/// Reads one "first-last" as nginx 1.22.1 does (ngx_http_range_parse).
class RangeReader {
 public:
  explicit RangeReader(std::string_view text) : rest_(text) {}

  /// False: what stands here is no range. `range` is empty if it lies outside the file.
  bool read(std::int64_t size, ByteRange& range) {
    skip_blanks();
    if (take('-')) {
      std::int64_t length = 0;
      if (!read_number(length) || !at_end()) return false;
      range.begin = length < size ? size - length : 0;
      range.end = size;
      return true;
    }
    if (!read_number(range.begin)) return false;
    skip_blanks();
    if (!take('-')) return false;
    skip_blanks();
    range.end = size;
    if (at_end()) return true;
    std::int64_t last = 0;
    if (!read_number(last) || !at_end()) return false;
    if (last < size) range.end = last + 1;
    return true;
  }
  bool has_more() { return take(','); }

 private:
  void skip_blanks() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool at_end() {
    skip_blanks();
    return rest_.empty() || rest_.front() == ',';
  }
  bool read_number(std::int64_t& value) {
    const auto result = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (result.ec != std::errc() || value < 0) return false;
    rest_.remove_prefix(static_cast<std::size_t>(result.ptr - rest_.data()));
    return true;
  }

  std::string_view rest_;
};

}  // namespace

RangeVerdict parse_ranges(std::string_view text, std::int64_t size, std::uint64_t max_ranges,
                          std::vector<ByteRange>& ranges) {
  constexpr std::string_view kUnit = "bytes=";
  if (text.size() <= kUnit.size() || !equals_ignoring_case(text.substr(0, kUnit.size()), kUnit)) {
    return RangeVerdict::kIgnore;
  }
  RangeReader reader(text.substr(kUnit.size()));
  ranges.clear();
  std::int64_t left = size;
  bool asks_for_more = false;
  do {
    ByteRange next;
    if (!reader.read(size, next)) return RangeVerdict::kUnsatisfiable;
    if (next.begin < next.end) {
      if (ranges.size() == max_ranges) return RangeVerdict::kIgnore;
      asks_for_more = asks_for_more || next.size() > left;
      left -= asks_for_more ? 0 : next.size();
      ranges.push_back(next);
    } else if (next.begin == 0) {
      return RangeVerdict::kIgnore;
    }
  } while (reader.has_more());
  if (ranges.empty()) return RangeVerdict::kUnsatisfiable;
  return asks_for_more ? RangeVerdict::kIgnore : RangeVerdict::kOk;
}

std::string content_range_of(const ByteRange& range, std::int64_t size) {
  return fmt::format("bytes {}-{}/{}", range.begin, range.end - 1, size);
}

MultipartBody make_multipart_body(const std::vector<ByteRange>& ranges, std::int64_t size,
                                  std::string_view type, std::uint64_t number) {
  MultipartBody body;
  const std::string boundary = fmt::format("{:020}", number);
  body.type = "multipart/byteranges; boundary=" + boundary;
  const std::string type_line = type.empty() ? "" : fmt::format("Content-Type: {}\r\n", type);
  for (const ByteRange& range : ranges) {
    body.heads.push_back(fmt::format("\r\n--{}\r\n{}Content-Range: {}\r\n\r\n", boundary, type_line,
                                     content_range_of(range, size)));
    body.size += static_cast<std::int64_t>(body.heads.back().size()) + range.size();
  }
  body.end = fmt::format("\r\n--{}--\r\n", boundary);
  body.size += static_cast<std::int64_t>(body.end.size());
  return body;
}

}  // namespace poolproof::runtime
