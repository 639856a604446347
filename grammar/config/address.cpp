// See address.h. Each function follows nginx's step by step, so that its leniences are ours.
#include "grammar/config/address.h"

#include <algorithm>

#include "grammar/config/lower_case.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

constexpr std::string_view kNoHost = "there is no host";
constexpr std::string_view kBadHost = "there is no path here, and nothing behind the address";
constexpr std::string_view kBadPort = "the port is not a number from 1 to 65535";
constexpr std::string_view kBadRange = "the range of ports ends before it begins";
constexpr std::string_view kBadIpv6 = "what stands in brackets is no IPv6 address";
constexpr std::string_view kOpenBracket = "a bracket is not closed";
constexpr std::string_view kNoPath = "the socket has no path";
constexpr std::string_view kLongPath = "the path of the socket is longer than 107 bytes";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Reads groups of hex digits; an IPv4 address may take the place of the last two.
class Ipv6Reader {
 public:
  bool read(std::string_view text) {
    if (text.empty()) return false;
    if (text.front() == ':') text.remove_prefix(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == ':') {
        if (!take_colon(i)) return false;
      } else if (text[i] == '.' && nibbles_ > 0) {
        if (left_ < 2 || !has_group_ || !parse_ipv4(text.substr(group_))) return false;
        --left_;
        break;
      } else if (++nibbles_ > 4 || !is_hex(text[i])) {
        return false;
      }
    }
    if (nibbles_ == 0 && !has_gap_) return false;
    return --left_ > 0 ? has_gap_ : !has_gap_;
  }

 private:
  bool take_colon(std::size_t at) {
    if (nibbles_ == 0 && has_gap_) return false;
    if (nibbles_ == 0) has_gap_ = true;
    if (nibbles_ > 0 && --left_ == 0) return false;
    nibbles_ = 0;
    has_group_ = true;
    group_ = at + 1;
    return true;
  }

  int left_ = 8;  // groups
  int nibbles_ = 0;
  bool has_gap_ = false;
  bool has_group_ = false;
  std::size_t group_ = 0;  // where the current one begins
};

std::optional<std::int64_t> port_number(std::string_view text) {
  const auto number = parse_number(text);
  return number && *number >= 1 && *number <= 65535 ? number : std::nullopt;
}

/// "80", where `listen` stands also "80-90".
std::string_view port_fault(std::string_view text, AddressUse use) {
  const std::size_t dash = use == AddressUse::kListen ? text.find('-') : std::string_view::npos;
  const auto first = port_number(text.substr(0, dash));
  if (!first) return kBadPort;
  if (dash == std::string_view::npos) return {};
  const auto last = port_number(text.substr(dash + 1));
  if (!last) return kBadPort;
  return *first > *last ? kBadRange : std::string_view();
}

/// Cuts off what begins with `/` or `?`; false where nothing of that kind may stand.
bool cut_uri(std::string_view& text, AddressUse use) {
  const std::size_t uri = text.find_first_of("/?");
  if (uri == std::string_view::npos) return true;
  text = text.substr(0, uri);
  return use == AddressUse::kPass;
}

std::string_view socket_fault(std::string_view path, AddressUse use) {
  constexpr std::size_t kLongest = 107;  // sun_path of Linux, less the NUL
  if (use == AddressUse::kPass) path = path.substr(0, path.find(':'));
  if (path.empty()) return kNoPath;
  return path.size() > kLongest ? kLongPath : std::string_view();
}

std::string_view ipv6_fault(std::string_view text, AddressUse use) {
  const std::size_t close = text.find(']');
  if (close == std::string_view::npos) return kOpenBracket;
  std::string_view rest = text.substr(close + 1);
  if (!cut_uri(rest, use)) return kBadHost;
  if (!rest.empty()) {
    if (rest.front() != ':') return kBadHost;
    if (const auto fault = port_fault(rest.substr(1), use); !fault.empty()) return fault;
  }
  const std::string_view host = text.substr(1, close - 1);
  if (host.empty()) return kNoHost;
  return is_ipv6(host) ? std::string_view() : kBadIpv6;
}

/// "80" or "80-90": a port where an address could stand.
bool is_lone_port(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash != std::string_view::npos && !parse_number(text.substr(dash + 1))) return false;
  return parse_number(text.substr(0, dash)).has_value();
}

}  // namespace

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  std::uint32_t address = 0, octet = 0;
  int dots = 0;
  for (const char c : text) {
    if (is_digit(c)) {
      octet = octet * 10 + static_cast<std::uint32_t>(c - '0');
      if (octet > 255) return std::nullopt;
    } else if (c == '.') {
      address = (address << 8) + octet;
      octet = 0;
      ++dots;
    } else {
      return std::nullopt;
    }
  }
  if (dots != 3) return std::nullopt;
  address = (address << 8) + octet;
  // nginx cannot tell it from INADDR_NONE.
  return address == 0xffffffff ? std::nullopt : std::optional(address);
}

bool is_ipv6(std::string_view text) {
  return Ipv6Reader().read(text);
}

bool is_ip_address(std::string_view text) {
  return parse_ipv4(text) || is_ipv6(text);
}

bool is_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  const bool is_v4 = parse_ipv4(address).has_value();
  if (!is_v4 && !is_ipv6(address)) return false;
  if (slash == std::string_view::npos) return true;
  const auto bits = parse_number(text.substr(slash + 1));
  return bits && *bits <= (is_v4 ? 32 : 128);
}

std::string_view address_fault(std::string_view text, AddressUse use) {
  if (lower_case(text.substr(0, 5)) == "unix:") return socket_fault(text.substr(5), use);
  if (text.starts_with('[')) return ipv6_fault(text, use);
  const bool has_uri = text.find_first_of("/?") != std::string_view::npos;
  if (!cut_uri(text, use)) return kBadHost;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos && !has_uri && use == AddressUse::kListen &&
      is_lone_port(text)) {
    return port_fault(text, use);
  }
  if (colon != std::string_view::npos) {
    if (const auto fault = port_fault(text.substr(colon + 1), use); !fault.empty()) return fault;
  }
  return text.substr(0, colon).empty() ? kNoHost : std::string_view();
}

}  // namespace poolproof
