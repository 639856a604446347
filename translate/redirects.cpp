// ngx_http_script_regex_end_code and ngx_http_script_return_code of nginx 1.22.1.
#include "translate/redirects.h"

#include <algorithm>
#include <array>

namespace poolproof::translate {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

bool is_redirect_code(std::int64_t code) {
  constexpr std::array<std::int64_t, 5> kCodes = {301, 302, 303, 307, 308};
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

bool is_absolute(std::string_view target) {
  return target.starts_with("http://") || target.starts_with("https://") ||
         target.starts_with("$scheme");
}

bool may_be_path(std::string_view target) {
  return target.starts_with('/') || (target.starts_with('$') && !target.starts_with("$scheme") &&
                                     !target.starts_with("${scheme}"));
}

bool is_without_escapes(std::string_view variable) {
  constexpr std::array kPlain = {"host",        "scheme",         "server_name", "server_port",
                                 "https",       "remote_addr",    "remote_port", "hostname",
                                 "request_uri", "request_method", "server_addr", "proxy_host"};
  return std::find(kPlain.begin(), kPlain.end(), variable) != kPlain.end();
}

std::string RedirectText::add(std::string_view piece) {
  std::string out;
  for (const char c : piece) {
    if (in_query_) {
      out += c;
      continue;
    }
    if (state_ == State::kPlain) {
      if (c == '%') {
        state_ = State::kFirst;
        continue;
      }
      in_query_ = c == '?';
      out += c;
      continue;
    }
    if (state_ == State::kFirst) {
      digits_[0] = c;
      state_ = hex_digit(c) < 0 ? State::kPlain : State::kSecond;
      if (state_ == State::kPlain) out += c;
      continue;
    }
    state_ = State::kPlain;
    if (hex_digit(c) < 0) continue;
    const int byte = hex_digit(digits_[0]) * 16 + hex_digit(c);
    in_query_ = byte == '?';
    if (byte > '%' && byte < 0x7f) {
      out += static_cast<char>(byte);
    } else {
      out += {'%', digits_[0], c};
    }
  }
  return out;
}

}  // namespace poolproof::translate
