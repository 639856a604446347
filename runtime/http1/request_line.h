// The first line of a request by the rules of nginx 1.22.1 (ngx_http_parse_request_line). Byte by
// byte: a client that speaks something else, TLS for one, is answered at its first wrong byte
// without waiting for a line break.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/request.h"

namespace poolproof::runtime {

enum class RequestLineStatus : std::uint8_t {
  kOk,
  kIncomplete,  // what has come may become one
  kInvalidMethod,
  kInvalid,
  kInvalidVersion
};

/// Reads the line that begins at `text`. With kOk `size` is its length, line break included.
/// Without a version it is HTTP/0.9, which knows GET only. Otherwise only the line's text as much
/// of it as has come, the method (not its name) and the beginning of a version are set.
RequestLineStatus parse_request_line(std::string_view text, RequestHead& head, std::size_t& size);

}  // namespace poolproof::runtime
