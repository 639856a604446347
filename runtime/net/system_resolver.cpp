// getaddrinfo.
#include "runtime/net/system_resolver.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace poolproof::runtime {

std::vector<Address> SystemResolver::resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return {};
  std::vector<Address> result;
  for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
    Address address;
    if (at->ai_family == AF_INET) {
      address.family = AddressFamily::kIpv4;
      std::memcpy(address.ip.data(), &reinterpret_cast<sockaddr_in*>(at->ai_addr)->sin_addr, 4);
    } else if (at->ai_family == AF_INET6) {
      address.family = AddressFamily::kIpv6;
      std::memcpy(address.ip.data(), &reinterpret_cast<sockaddr_in6*>(at->ai_addr)->sin6_addr, 16);
    } else {
      continue;
    }
    if (std::find(result.begin(), result.end(), address) == result.end()) result.push_back(address);
  }
  freeaddrinfo(list);
  return result;
}

}  // namespace poolproof::runtime
