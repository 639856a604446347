// Texts of addresses.
#include "runtime/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace poolproof::runtime {

bool Address::is_wildcard() const {
  return family != AddressFamily::kUnix && family != AddressFamily::kNone &&
         std::all_of(ip.begin(), ip.end(), [](std::uint8_t byte) { return byte == 0; });
}

std::optional<Address> parse_ip(std::string_view text, std::uint16_t port) {
  const std::string copy(text);
  Address address;
  address.port = port;
  if (inet_pton(AF_INET, copy.c_str(), address.ip.data()) == 1) {
    address.family = AddressFamily::kIpv4;
    return address;
  }
  if (inet_pton(AF_INET6, copy.c_str(), address.ip.data()) == 1) {
    address.family = AddressFamily::kIpv6;
    return address;
  }
  return std::nullopt;
}

std::optional<Address> parse_bind_address(std::string_view text) {
  if (const auto address = parse_ip(text)) return address;
  const bool bracketed = text.starts_with('[');
  const std::size_t colon = bracketed ? text.find("]:") : text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view digits = text.substr(colon + (bracketed ? 2 : 1));
  unsigned port = 0;
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, port);
  if (read.ec != std::errc() || read.ptr != end || port < 1 || port > 65535) return std::nullopt;
  const std::string_view ip = bracketed ? text.substr(1, colon - 1) : text.substr(0, colon);
  return parse_ip(ip, static_cast<std::uint16_t>(port));
}

std::string ip_text(const Address& address) {
  if (address.family == AddressFamily::kUnix) return "unix:";
  if (address.family == AddressFamily::kNone) return {};
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(address.family == AddressFamily::kIpv4 ? AF_INET : AF_INET6, address.ip.data(), text,
            sizeof text);
  return text;
}

std::string to_string(const Address& address) {
  switch (address.family) {
    case AddressFamily::kUnix:
      return "unix:" + address.path;
    case AddressFamily::kIpv4:
      return fmt::format("{}:{}", ip_text(address), address.port);
    case AddressFamily::kIpv6:
      return fmt::format("[{}]:{}", ip_text(address), address.port);
    case AddressFamily::kNone:
      break;
  }
  return {};
}

}  // namespace poolproof::runtime
