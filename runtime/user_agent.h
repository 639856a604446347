// Browsers that nginx knows by their User-Agent, for `keepalive_disable` and `msie_padding`.
#pragma once

#include <cstdint>
#include <string_view>

namespace poolproof::runtime {

enum class Browser : std::uint8_t {
  kOther,
  kMsie6,  // MSIE 4 to 6 without "SV1"
  kMsie,   // any other
  kChrome,
  kSafari  // on macOS
};

/// By the rules of nginx 1.22.1 (ngx_http_process_user_agent): what calls itself Opera is none of
/// them, what calls itself Gecko as well is neither Chrome nor Safari.
Browser browser_of(std::string_view user_agent);

}  // namespace poolproof::runtime
