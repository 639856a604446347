// What a request line and a Host say, once they are brought into the form that everything else
// compares (nginx 1.22.1: ngx_http_parse_complex_uri, ngx_http_validate_host).
#include <algorithm>

#include "runtime/hex.h"
#include "runtime/routing.h"

namespace poolproof::runtime {
namespace {

bool is_small_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// The path with %XX decoded; false if that is not possible or gives a NUL. "%2F" becomes a slash
/// like any other, "%3F" and "%23" stay part of the path.
bool decode(std::string_view path, char* begin, std::size_t& size) {
  char* at = begin;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      *at++ = path[i];
      continue;
    }
    if (i + 2 >= path.size()) return false;
    const int high = hex_value(path[i + 1]), low = hex_value(path[i + 2]);
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return false;
    *at++ = static_cast<char>(high << 4 | low);
    i += 2;
  }
  size = static_cast<std::size_t>(at - begin);
  return true;
}

/// Resolves "//", "/./" and "/../" in place; false if ".." leads above the root.
bool resolve_dots(char* path, std::size_t& size, bool merge_slashes) {
  std::size_t to = 0;
  std::size_t from = 0;
  while (from < size) {  // at a slash; copies it and the segment behind
    std::size_t end = from + 1;
    while (end < size && path[end] != '/') ++end;
    const std::string_view segment(path + from + 1, end - from - 1);
    const bool is_last = end == size;
    if (segment == ".") {
      if (is_last) path[to++] = '/';
    } else if (segment == "..") {
      if (to == 0) return false;
      do --to;
      while (to > 0 && path[to] != '/');
      if (is_last) path[to++] = '/';
    } else if (segment.empty() && !is_last && merge_slashes) {
      // the slash that follows is copied instead
    } else {
      std::copy(path + from, path + end, path + to);
      to += end - from;
    }
    from = end;
  }
  if (to == 0) path[to++] = '/';
  size = to;
  return true;
}

bool is_simple(std::string_view path, bool merge_slashes) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '%') return false;
    if (path[i] != '/' || i + 1 == path.size()) continue;
    if (path[i + 1] == '.' || (path[i + 1] == '/' && merge_slashes)) return false;
  }
  return true;
}

/// ngx_unescape_uri: what is no escape loses its "%" (and the digit behind it).
std::string_view unescape(std::string_view text, Arena& arena) {
  char* const begin = arena.allocate(text.size());
  char* at = begin;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      *at++ = text[i];
      continue;
    }
    if (++i == text.size()) break;
    const int high = hex_value(text[i]);
    if (high < 0) {
      *at++ = text[i];
      continue;
    }
    if (++i == text.size()) break;
    if (const int low = hex_value(text[i]); low >= 0) *at++ = static_cast<char>(high << 4 | low);
  }
  return {begin, static_cast<std::size_t>(at - begin)};
}

/// Not empty, without NUL, and no segment behind a slash is "..".
bool is_safe(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos) return false;
  if (path == ".." || path.starts_with("../")) return false;
  return path.find("/../") == std::string_view::npos && !path.ends_with("/..");
}

}  // namespace

NormalisedUri normalise_uri(std::string_view target, bool merge_slashes, Arena& arena) {
  NormalisedUri uri;
  if (target.empty() || (target[0] != '/' && target[0] != '?')) return uri;
  target = target.substr(0, target.find('#'));  // nginx drops a fragment
  const std::size_t question = target.find('?');
  uri.path = target.substr(0, question);
  if (question != std::string_view::npos && question + 1 < target.size())
    uri.args = target.substr(question + 1);
  if (uri.path.empty()) {  // "http://host?x"
    uri.path = "/";
    uri.changed = uri.valid = true;
    return uri;
  }
  if (is_simple(uri.path, merge_slashes)) {
    uri.valid = true;
    return uri;
  }
  char* const path = arena.allocate(uri.path.size() + 1);
  std::size_t size = 0;
  if (!decode(uri.path, path, size) || !resolve_dots(path, size, merge_slashes)) return {};
  uri.path = {path, size};
  uri.changed = true;
  uri.valid = true;
  return uri;
}

UnsafeUri take_unsafe_uri(std::string_view text, Arena& arena) {
  const std::size_t question = text.find('?');
  UnsafeUri uri;
  uri.path = text.substr(0, question);
  if (question != std::string_view::npos) uri.args = text.substr(question + 1);
  uri.valid = is_safe(uri.path);
  if (!uri.valid || uri.path.find('%') == std::string_view::npos) return uri;
  uri.path = unescape(uri.path, arena);
  uri.valid = is_safe(uri.path);
  return uri;
}

ValidHost validate_host(std::string_view text, Arena& arena) {
  enum class State { kUsual, kLiteral, kRest } state = State::kUsual;
  std::size_t length = text.size();
  std::size_t last_dot = text.size();
  bool has_upper = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_small_or_digit(text[i])) continue;
    const char c = text[i];
    if (c == '.') {
      if (last_dot + 1 == i) return {};
      last_dot = i;
    } else if (c == ':' && state == State::kUsual) {
      length = i;
      state = State::kRest;
    } else if (c == '[' && i == 0) {
      state = State::kLiteral;
    } else if (c == ']' && state == State::kLiteral) {
      length = i + 1;
      state = State::kRest;
    } else if (c == '/' || c == '\0' || static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) {
      return {};
    } else if (c >= 'A' && c <= 'Z') {
      has_upper = true;
    }
  }
  if (last_dot + 1 == length) --length;
  if (length == 0) return {};
  text = text.substr(0, length);
  if (!has_upper) return {true, text};
  char* const lower = arena.allocate(length);
  std::transform(text.begin(), text.end(), lower,
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return {true, {lower, length}};
}

}  // namespace poolproof::runtime
