// Facts: nginx 1.22.1, ngx_http_static_module, not_modified and range filters.
#include "runtime/static_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>

#include "runtime/plan.h"
#include "runtime/request.h"

namespace poolproof::runtime {
namespace {

struct Range {
  std::int64_t begin = 0, end = 0;
};
enum class RangeVerdict : std::uint8_t { kIgnore, kOk, kUnsatisfiable };

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || result.ec != std::errc() || result.ptr != text.data() + text.size())
    return std::nullopt;
  return value;
}

/// One range; several at once are answered with the whole file (RFC 9110, 14.2 allows it).
RangeVerdict parse_range(std::string_view text, std::int64_t size, Range& range) {
  constexpr std::string_view kUnit = "bytes=";
  if (text.size() < kUnit.size() || !equals_ignoring_case(text.substr(0, kUnit.size()), kUnit)) {
    return RangeVerdict::kIgnore;
  }
  text.remove_prefix(kUnit.size());
  const std::size_t dash = text.find('-');
  if (text.find(',') != std::string_view::npos || dash == std::string_view::npos)
    return RangeVerdict::kIgnore;
  const auto first = number(text.substr(0, dash));
  const auto last = number(text.substr(dash + 1));
  if (!first && !last) return RangeVerdict::kUnsatisfiable;
  if (!first) {
    range = {std::max<std::int64_t>(size - *last, 0), size};
    return *last == 0 ? RangeVerdict::kUnsatisfiable : RangeVerdict::kOk;
  }
  range = {*first, last ? std::min(*last + 1, size) : size};
  return *first >= size || range.begin >= range.end ? RangeVerdict::kUnsatisfiable
                                                    : RangeVerdict::kOk;
}

bool names_etag(std::string_view list, std::string_view etag) {
  return list == "*" || list.find(etag) != std::string_view::npos;
}

}  // namespace

StaticFile open_static_file(std::string_view path) {
  StaticFile file;
  file.descriptor.reset(open(path.data(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.descriptor) {
    file.denied = errno == EACCES;
    return file;
  }
  struct stat status {};
  if (fstat(file.descriptor.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    file.descriptor.reset();
    return file;
  }
  file.size = status.st_size;
  file.modified_s = status.st_mtime;
  return file;
}

std::string http_date_text(std::int64_t unix_s) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const time_t time = static_cast<time_t>(unix_s);
  tm parts{};
  gmtime_r(&time, &parts);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[parts.tm_wday], parts.tm_mday,
                     kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min,
                     parts.tm_sec);
}

StaticResponse answer_for_file(const StaticFile& file, const LocationPlan& location,
                               Request& request) {
  StaticResponse response;
  response.end = file.size;
  response.last_modified = request.arena.copy(http_date_text(file.modified_s));
  if (location.etag) {
    response.etag = request.arena.copy(fmt::format("\"{:x}-{:x}\"", file.modified_s, file.size));
  }
  if (request.error_status != 0) return response;  // an error page is sent as it is
  const std::string_view match = find_header(request.head.headers, "if-match");
  if (match.data() != nullptr && !names_etag(match, response.etag)) {
    response.status = 412;
    return response;
  }
  const std::string_view none_match = find_header(request.head.headers, "if-none-match");
  const std::string_view since = find_header(request.head.headers, "if-modified-since");
  // nginx's default is if_modified_since exact.
  const bool same = none_match.data() != nullptr
                        ? !response.etag.empty() && names_etag(none_match, response.etag)
                        : since.data() != nullptr && since == response.last_modified;
  if (same) {
    response.status = 304;
    return response;
  }
  const std::string_view range_text = find_header(request.head.headers, "range");
  const std::string_view if_range = find_header(request.head.headers, "if-range");
  const bool applies =
      range_text.data() != nullptr && (if_range.data() == nullptr || if_range == response.etag ||
                                       if_range == response.last_modified);
  Range range;
  if (!applies) return response;
  switch (parse_range(range_text, file.size, range)) {
    case RangeVerdict::kIgnore:
      return response;
    case RangeVerdict::kUnsatisfiable:
      response.status = 416;
      return response;
    case RangeVerdict::kOk:
      break;
  }
  response.status = 206;
  response.begin = range.begin;
  response.end = range.end;
  response.content_range =
      request.arena.copy(fmt::format("bytes {}-{}/{}", range.begin, range.end - 1, file.size));
  return response;
}

std::string_view media_type(const LocationPlan& location, std::string_view uri) {
  const std::size_t slash = uri.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? uri : uri.substr(slash + 1);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == name.size()) return location.default_type;
  std::string extension(name.substr(dot + 1));
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  const auto found = location.types->find(extension);
  return found != location.types->end() ? std::string_view(found->second) : location.default_type;
}

bool read_file_part(const Descriptor& file, std::int64_t offset, std::size_t size,
                    std::string& into) {
  into.resize(size);
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t got = pread(file.get(), into.data() + filled, size - filled,
                              static_cast<off_t>(offset + static_cast<std::int64_t>(filled)));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    filled += static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace poolproof::runtime
