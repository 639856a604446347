// What the argument of a *_pass directive names, taken apart as nginx does. Knows no configuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "grammar/config/effective_config.h"

namespace poolproof {

/// A target without variables.
struct PassTarget {
  bool tls = false;
  std::string host;  // without brackets; "unix:/path" for sockets
  std::uint16_t port = 0;
  std::uint16_t default_port = 0;  // 0: the protocol has none (FastCGI, memcached, SCGI, uwsgi)
  bool has_uri = false;
  std::string uri;

  /// The port that is connected to; 0 for sockets and where none is known.
  std::uint16_t effective_port() const { return port != 0 ? port : default_port; }
};

/// Nothing if nginx refuses the text: a wrong scheme for http, a port that is none.
std::optional<PassTarget> parse_pass_target(Protocol protocol, std::string_view text);

/// The scheme and what it leads to, without a URI: "http://name:80", "http://unix:/path".
std::string_view authority_of(std::string_view text);

/// The protocol that a directive passes requests on with: "proxy_pass" is kHttp. Nothing for
/// others.
std::optional<Protocol> protocol_of_pass(std::string_view directive);

/// "127.0.0.1:80", "[::1]:80", "name", "unix:/path" taken apart: host without brackets and port (0
/// if none is written). Nothing if the port is not a number from 1 to 65535.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};
std::optional<HostPort> split_host_port(std::string_view text);

}  // namespace poolproof
