// Addresses as nginx reads them (1.22.1: ngx_inet_addr, ngx_inet6_addr, ngx_ptocidr,
// ngx_parse_url), which takes some texts that inet_pton refuses. Knows no configuration, resolves
// nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace poolproof {

/// "10.0.0.1" as a number; an empty octet is 0.
std::optional<std::uint32_t> parse_ipv4(std::string_view text);
/// Without brackets.
bool is_ipv6(std::string_view text);
bool is_ip_address(std::string_view text);
/// "a.b.c.d", "a.b.c.d/n", an IPv6 address or network, without brackets.
bool is_network(std::string_view text);

enum class AddressUse {
  kListen,  // may be a port alone, `*`, or have a range of ports
  kServer,  // a host, with or without a port
  kPass,    // a URI may follow
};

/// What is wrong with it, as a part of a sentence ("the port is not a number from 1 to 65535");
/// empty if nginx takes it, given that its host resolves.
std::string_view address_fault(std::string_view text, AddressUse use);

}  // namespace poolproof
