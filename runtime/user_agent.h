// Old browsers that nginx knows by their User-Agent, for `keepalive_disable`.
#pragma once

#include <cstdint>
#include <string_view>

namespace poolproof::runtime {

enum class Browser : std::uint8_t { kOther, kMsie6, kSafari };

/// By the rules of nginx 1.22.1 (ngx_http_process_user_agent): MSIE 4 to 6 without "SV1" and Safari
/// on macOS; not what calls itself Opera, Chrome or Gecko as well.
Browser browser_of(std::string_view user_agent);

}  // namespace poolproof::runtime
