// TLS on both sides, and addresses.
#pragma once

#include "translate/envoy/shared.h"

namespace poolproof::translate::envoy {

/// The transport_socket of what a server's certificates are for.
Tree downstream_tls(Shared& shared, const Server& server, bool http2);
Tree upstream_tls(Shared& shared, const Location& location);
/// Servers with the same text share a filter chain.
std::string tls_settings(const Server& server);

/// `also_v4`: an address of IPv6 that takes IPv4, too.
Tree socket_address(std::string_view host, std::uint16_t port, bool also_v4 = false);

}  // namespace poolproof::translate::envoy
