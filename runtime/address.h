// An address of a socket as plain data: what peers, clients and listeners are known by. Knows no
// sockets: runtime/net turns it into what the kernel takes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace poolproof::runtime {

enum class AddressFamily : std::uint8_t { kNone, kIpv4, kIpv6, kUnix };

struct Address {
  AddressFamily family = AddressFamily::kNone;
  std::uint16_t port = 0;             // host byte order; 0 for kUnix
  std::array<std::uint8_t, 16> ip{};  // network byte order; the first 4 for kIpv4
  std::string path;                   // of kUnix

  std::string_view ip_bytes() const {
    const std::size_t size = family == AddressFamily::kIpv4   ? 4
                             : family == AddressFamily::kIpv6 ? 16
                                                              : 0;
    return {reinterpret_cast<const char*>(ip.data()), size};
  }
  /// "0.0.0.0" or "::".
  bool is_wildcard() const;

  friend bool operator==(const Address&, const Address&) = default;
};

/// An IPv4 or IPv6 literal without brackets or port; nothing if it is neither.
std::optional<Address> parse_ip(std::string_view text, std::uint16_t port = 0);

/// What proxy_bind takes: an IP literal, or "127.0.0.1:80", "[::1]:80" with a port from 1 to 65535;
/// brackets need a port (nginx 1.22.1, ngx_parse_addr_port). Port 0: any.
std::optional<Address> parse_bind_address(std::string_view text);

/// "127.0.0.1", "::1", "unix:" as nginx writes $remote_addr (IPv6 without brackets).
std::string ip_text(const Address& address);

/// "127.0.0.1:80", "[::1]:80", "unix:/run/x.sock" as nginx writes $upstream_addr.
std::string to_string(const Address& address);

}  // namespace poolproof::runtime
