// The first line of a request by the rules of nginx 1.22.1 (ngx_http_parse_request_line).
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/request.h"

namespace poolproof::runtime {

enum class RequestLineStatus : std::uint8_t { kOk, kInvalidMethod, kInvalid, kInvalidVersion };

/// `line` is without its line break. Without a version it is HTTP/0.9, which knows GET only.
/// False if what has come of the line cannot become one, for its method: such a client, which may
/// speak TLS, is answered without waiting for a line break.
bool may_begin_method(const char* begin, const char* end);

RequestLineStatus parse_request_line(std::string_view line, RequestHead& head);

}  // namespace poolproof::runtime
