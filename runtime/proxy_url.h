// Taking apart the URL of a proxy_pass: at start-up where it is constant, per request where it has
// variables.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "runtime/address.h"

namespace poolproof::runtime {

struct ProxyUrl {
  bool tls = false;
  bool invalid = false;         // an impossible port, no host, an unclosed bracket
  std::string_view authority;   // host and port as written
  std::string_view host;        // with brackets for IPv6; "unix:/path"
  std::string_view shown_host;  // $proxy_host: without a default port; "localhost" for sockets
  std::uint16_t port = 80;      // 443 for https
  bool has_port = false;
  std::string_view uri;  // from "/" or "?" on; may be empty
};

/// Nothing unless it begins with "http://" or "https://" (without regard to case). Views of `text`.
std::optional<ProxyUrl> parse_proxy_url(std::string_view text);

/// The address that the host is a literal of; nothing for a name.
std::optional<Address> literal_address(const ProxyUrl& url);

}  // namespace poolproof::runtime
