// Method, target and version.
#include "runtime/http1/request_line.h"

#include <algorithm>
#include <cstring>

namespace poolproof::runtime {
namespace {

bool is_method_char(char c) {
  return (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return static_cast<unsigned char>((c | 0x20) - 'a') < 26;
}

bool is_target_char(char c) {
  return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
}

/// "http://host:port" in front of the path; returns where the path begins, null if it is malformed.
const char* parse_authority(const char* at, const char* end, RequestHead& head) {
  const char* scheme = at;
  while (at != end && (is_letter(*at) || is_digit(*at) || *at == '+' || *at == '-' || *at == '.'))
    ++at;
  if (end - at < 3 || std::memcmp(at, "://", 3) != 0) return nullptr;
  head.target_scheme = {scheme, static_cast<std::size_t>(at - scheme)};
  at += 3;
  const char* host = at;
  if (at != end && *at == '[') {
    while (at != end && *at != ']') {
      if (!is_target_char(*at) || *at == '/') return nullptr;
      ++at;
    }
    if (at == end) return nullptr;
    ++at;
  } else {
    while (at != end && (is_letter(*at) || is_digit(*at) || *at == '.' || *at == '-')) ++at;
  }
  if (at == host) return nullptr;
  if (at != end && *at == ':') {
    ++at;
    while (at != end && is_digit(*at)) ++at;
  }
  head.target_host = {host, static_cast<std::size_t>(at - host)};
  if (at != end && *at != '/' && *at != '?' && *at != ' ') return nullptr;
  return at;
}

RequestLineStatus parse_version(const char* at, const char* end, RequestHead& head) {
  if (end - at < 8 || std::memcmp(at, "HTTP/", 5) != 0) return RequestLineStatus::kInvalid;
  at += 5;
  if (*at < '1' || *at > '9') return RequestLineStatus::kInvalid;
  int major = 0;
  for (; at != end && is_digit(*at); ++at) {
    major = major * 10 + (*at - '0');
    if (major > 1) return RequestLineStatus::kInvalidVersion;
  }
  if (at == end || *at != '.') return RequestLineStatus::kInvalid;
  ++at;
  if (at == end || !is_digit(*at)) return RequestLineStatus::kInvalid;
  int minor = 0;
  for (; at != end && is_digit(*at); ++at) {
    if (minor > 99) return RequestLineStatus::kInvalid;
    minor = minor * 10 + (*at - '0');
  }
  while (at != end && *at == ' ') ++at;
  if (at != end) return RequestLineStatus::kInvalid;
  head.version = minor == 0 ? 10 : 11;
  return RequestLineStatus::kOk;
}

}  // namespace

bool may_begin_method(const char* begin, const char* end) {
  const char* const at = std::find_if_not(begin, end, is_method_char);
  return at == end || (*at == ' ' && at != begin);
}

RequestLineStatus parse_request_line(std::string_view line, RequestHead& head) {
  const char* end = line.data() + line.size();
  const char* at = std::find_if_not(line.data(), end, is_method_char);
  if (at == end || *at != ' ' || at == line.data()) return RequestLineStatus::kInvalidMethod;
  head.line = line;
  head.method_name = {line.data(), static_cast<std::size_t>(at - line.data())};
  head.method = method_from(head.method_name);
  while (at != end && *at == ' ') ++at;
  if (at == end) return RequestLineStatus::kInvalid;
  bool absolute = false;
  if (is_letter(*at)) {
    at = parse_authority(at, end, head);
    if (at == nullptr) return RequestLineStatus::kInvalid;
    absolute = true;
  } else if (*at != '/') {
    return RequestLineStatus::kInvalid;
  }
  const char* target = at;
  while (at != end && is_target_char(*at)) ++at;
  if (at != end && *at != ' ') return RequestLineStatus::kInvalid;
  head.target = {target, static_cast<std::size_t>(at - target)};
  if (absolute && head.target.empty()) head.target = "/";
  while (at != end && *at == ' ') ++at;
  if (at != end) return parse_version(at, end, head);
  head.version = 9;
  return head.method == Method::kGet ? RequestLineStatus::kOk : RequestLineStatus::kInvalidMethod;
}

}  // namespace poolproof::runtime
