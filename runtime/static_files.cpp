// Facts: nginx 1.22.1, ngx_http_static_module and the not_modified filter.
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

enum class Comparison : std::uint8_t { kStrong, kWeak };

/// nginx 1.22.1, ngx_http_test_if_match.
bool names_etag(std::string_view list, std::string_view etag, Comparison comparison) {
  if (list == "*") return true;
  if (etag.empty()) return false;
  while (!list.empty()) {
    if (comparison == Comparison::kWeak && list.starts_with("W/")) list.remove_prefix(2);
    if (list.starts_with(etag)) {
      list.remove_prefix(etag.size());
      list.remove_prefix(std::min(list.find_first_not_of(" \t"), list.size()));
      if (list.empty() || list.front() == ',') return true;
    }
    list.remove_prefix(std::min(list.find(','), list.size()));
    list.remove_prefix(std::min(list.find_first_not_of(" \t,"), list.size()));
  }
  return false;
}

/// Seconds since 1970 of the three forms of RFC 9110, 5.6.7; -1 if it is none.
std::int64_t parse_http_date(std::string_view text) {
  const std::string date(text);
  for (const char* form :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    tm parts{};
    const char* const end = strptime(date.c_str(), form, &parts);
    if (end != nullptr && *end == '\0') return timegm(&parts);
  }
  return -1;
}

/// If-Unmodified-Since and If-Match do not hold.
bool fails_precondition(std::int64_t modified_s, std::string_view etag, const Request& request) {
  const std::string_view since = find_header(request.head.headers, "if-unmodified-since");
  const bool is_unmodified = modified_s != kNoDate && parse_http_date(since) >= modified_s;
  if (since.data() != nullptr && !is_unmodified) return true;
  const std::string_view match = find_header(request.head.headers, "if-match");
  return match.data() != nullptr && !names_etag(match, etag, Comparison::kStrong);
}

/// What the client has is as good: all that it says must say so. nginx's default is
/// `if_modified_since exact`.
bool is_not_modified(std::int64_t modified_s, std::string_view etag, const Request& request) {
  const std::string_view since = find_header(request.head.headers, "if-modified-since");
  const std::string_view match = find_header(request.head.headers, "if-none-match");
  if (since.data() == nullptr && match.data() == nullptr) return false;
  const bool is_same = modified_s != kNoDate && parse_http_date(since) == modified_s;
  if (since.data() != nullptr && !is_same) return false;
  return match.data() == nullptr || names_etag(match, etag, Comparison::kWeak);
}

/// "\"time-size\"", both in hexadecimal digits.
std::string_view etag_of(const StaticFile& file, Arena& arena) {
  char text[40] = {'"'};
  char* const end = text + sizeof text;
  char* at = std::to_chars(text + 1, end, file.modified_s, 16).ptr;
  *at++ = '-';
  at = std::to_chars(at, end, file.size, 16).ptr;
  *at++ = '"';
  return arena.copy({text, static_cast<std::size_t>(at - text)});
}

}  // namespace

int status_of_conditions(std::int64_t modified_s, std::string_view etag, const Request& request) {
  if (fails_precondition(modified_s, etag, request)) return 412;
  return is_not_modified(modified_s, etag, request) ? 304 : 200;
}

StaticFile open_static_file(std::string_view path) {
  StaticFile file;
  file.descriptor.reset(open(path.data(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.descriptor) {
    file.denied = errno == EACCES || errno == ELOOP;
    file.is_other = errno == ENXIO;  // a socket
    return file;
  }
  struct stat status {};
  if (fstat(file.descriptor.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    file.is_directory = S_ISDIR(status.st_mode);
    file.is_other = !file.is_directory;
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
  // Digit by digit: it is made for each file that is sent.
  std::string text = "Sun, 01 Jan 1970 00:00:00 GMT";
  const auto put = [&text](std::size_t at, int value) {
    text[at] = static_cast<char>('0' + value / 10 % 10);
    text[at + 1] = static_cast<char>('0' + value % 10);
  };
  text.replace(0, 3, kDays[parts.tm_wday]);
  put(5, parts.tm_mday);
  text.replace(8, 3, kMonths[parts.tm_mon]);
  put(12, (parts.tm_year + 1900) / 100);
  put(14, parts.tm_year % 100);
  put(17, parts.tm_hour);
  put(20, parts.tm_min);
  put(23, parts.tm_sec);
  return text;
}

StaticResponse answer_for_file(const StaticFile& file, const LocationPlan& location,
                               Request& request) {
  StaticResponse response;
  response.last_modified = request.arena.copy(http_date_text(file.modified_s));
  if (location.etag) {
    response.etag = etag_of(file, request.arena);
  }
  if (request.error_status != 0) return response;  // an error page is sent as it is
  response.status = status_of_conditions(file.modified_s, response.etag, request);
  if (response.status != 200) return response;
  const std::string_view range_text = find_header(request.head.headers, "range");
  const std::string_view if_range = find_header(request.head.headers, "if-range");
  const bool applies =
      range_text.data() != nullptr && (if_range.data() == nullptr || if_range == response.etag ||
                                       if_range == response.last_modified);
  if (!applies || location.max_ranges == 0) return response;
  switch (parse_ranges(range_text, file.size, location.max_ranges, response.parts)) {
    case RangeVerdict::kIgnore:
      response.parts.clear();
      return response;
    case RangeVerdict::kUnsatisfiable:
      response.parts.clear();
      response.status = 416;
      response.content_range = request.arena.copy(fmt::format("bytes */{}", file.size));
      return response;
    case RangeVerdict::kOk:
      break;
  }
  response.status = 206;
  if (response.parts.size() == 1) {
    response.content_range =
        request.arena.copy(content_range_of(response.parts.front(), file.size));
  }
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
