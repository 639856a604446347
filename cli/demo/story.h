// The configuration of the demo: the one that most tutorials leave people with.
#pragma once

#include <cstdint>
#include <string>

namespace poolproof::cli::demo {

/// With `keepalive`, and with a proxy that all the same opens a connection for every request:
/// HTTP/1.0 by default before 1.29.7, and the WebSocket map that says `close` to ordinary requests
/// in every version.
std::string broken_config(std::uint16_t listen_port, std::uint16_t origin_port);

}  // namespace poolproof::cli::demo
