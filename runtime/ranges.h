// The Range field of a request and what a body in several parts is made of, as nginx's range filter
// has it (1.22.1, ngx_http_range_filter_module; RFC 9110, 14). Knows no files and no sockets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace poolproof::runtime {

/// Bytes of a body, from `begin` up to but not including `end`.
struct ByteRange {
  std::int64_t begin = 0, end = 0;

  std::int64_t size() const { return end - begin; }
};

enum class RangeVerdict : std::uint8_t {
  kIgnore,  // the whole body is sent
  kOk,
  kUnsatisfiable,  // 416
};

/// Reads the value of a Range field for a body of `size` bytes. More than `max_ranges` ranges, and
/// such that ask for more bytes than there are, are ignored.
RangeVerdict parse_ranges(std::string_view text, std::int64_t size, std::uint64_t max_ranges,
                          std::vector<ByteRange>& ranges);

/// "bytes 0-9/100".
std::string content_range_of(const ByteRange& range, std::int64_t size);

/// A body of type multipart/byteranges.
struct MultipartBody {
  std::string type;                // with its boundary
  std::vector<std::string> heads;  // what is sent before each part
  std::string end;                 // what is sent after the last
  std::int64_t size = 0;           // bytes of it all
};
/// `number` makes the boundary and should be another each time.
MultipartBody make_multipart_body(const std::vector<ByteRange>& ranges, std::int64_t size,
                                  std::string_view type, std::uint64_t number);

}  // namespace poolproof::runtime
