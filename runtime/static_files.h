// Files as answers: opening, media types, validators, conditional requests and ranges, as nginx's
// static module does it. Blocks on the disk as nginx does without aio. Knows no sockets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/base/descriptor.h"
#include "runtime/ranges.h"

namespace poolproof::runtime {

struct LocationPlan;
struct Request;

struct StaticFile {
  Descriptor descriptor;  // empty: missing, or one of these
  bool denied = false, is_directory = false, is_other = false;
  std::int64_t size = 0;
  std::int64_t modified_s = 0;
};
/// `path` must be zero-terminated behind its end.
StaticFile open_static_file(std::string_view path);

/// The date of what has none.
inline constexpr std::int64_t kNoDate = -1;
/// 304 or 412 where the request's conditions (If-None-Match and its like) say so, else 200. nginx
/// asks them of every 200 of its own (1.22.1, ngx_http_not_modified_header_filter).
int status_of_conditions(std::int64_t modified_s, std::string_view etag, const Request& request);

struct StaticResponse {
  int status = 200;                                     // or 206, 304, 412, 416
  std::vector<ByteRange> parts;                         // of a 206; otherwise empty
  std::string_view last_modified, etag, content_range;  // in the request's arena
};
StaticResponse answer_for_file(const StaticFile& file, const LocationPlan& location,
                               Request& request);

/// The type for the URI's extension, or the location's default.
std::string_view media_type(const LocationPlan& location, std::string_view uri);

/// Reads exactly `size` bytes; false if the file has fewer.
bool read_file_part(const Descriptor& file, std::int64_t offset, std::size_t size,
                    std::string& into);

/// "Mon, 23 Nov 2026 11:21:11 GMT".
std::string http_date_text(std::int64_t unix_s);

}  // namespace poolproof::runtime
