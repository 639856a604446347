// Sockets and their options.
#include "runtime/net/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace poolproof::runtime {
namespace {

struct SystemAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SystemAddress to_system(const Address& address) {
  SystemAddress result;
  if (address.family == AddressFamily::kIpv4) {
    auto& in = reinterpret_cast<sockaddr_in&>(result.storage);
    in.sin_family = AF_INET;
    in.sin_port = htons(address.port);
    std::memcpy(&in.sin_addr, address.ip.data(), 4);
    result.size = sizeof in;
  } else if (address.family == AddressFamily::kIpv6) {
    auto& in = reinterpret_cast<sockaddr_in6&>(result.storage);
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(address.port);
    std::memcpy(&in.sin6_addr, address.ip.data(), 16);
    result.size = sizeof in;
  } else {
    auto& un = reinterpret_cast<sockaddr_un&>(result.storage);
    un.sun_family = AF_UNIX;
    const std::size_t length = std::min(address.path.size(), sizeof un.sun_path - 1);
    std::memcpy(un.sun_path, address.path.data(), length);
    result.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length + 1);
  }
  return result;
}

Address from_system(const SystemAddress& system) {
  Address result;
  if (system.storage.ss_family == AF_INET) {
    const auto& in = reinterpret_cast<const sockaddr_in&>(system.storage);
    result.family = AddressFamily::kIpv4;
    result.port = ntohs(in.sin_port);
    std::memcpy(result.ip.data(), &in.sin_addr, 4);
  } else if (system.storage.ss_family == AF_INET6) {
    const auto& in = reinterpret_cast<const sockaddr_in6&>(system.storage);
    result.family = AddressFamily::kIpv6;
    result.port = ntohs(in.sin6_port);
    std::memcpy(result.ip.data(), &in.sin6_addr, 16);
  } else {
    result.family = AddressFamily::kUnix;
  }
  return result;
}

int system_family(const Address& address) {
  if (address.family == AddressFamily::kIpv4) return AF_INET;
  return address.family == AddressFamily::kIpv6 ? AF_INET6 : AF_UNIX;
}

Descriptor make_socket(const Address& address) {
  return Descriptor(
      ::socket(system_family(address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

void set_option(int socket, int level, int name, int value) {
  setsockopt(socket, level, name, &value, sizeof value);
}

/// A unix socket file that nobody listens on is in the way of bind().
void remove_stale(const Address& address) {
  struct stat status {};
  if (stat(address.path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
  const Descriptor probe = make_socket(address);
  const SystemAddress system = to_system(address);
  if (connect(probe.get(), system.get(), system.size) != 0 && errno == ECONNREFUSED) {
    unlink(address.path.c_str());
  }
}

void set_listener_options(int socket, const ListenSocket& plan) {
  const bool is_ip = plan.address.family != AddressFamily::kUnix;
  set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1);
  if (plan.reuseport) set_option(socket, SOL_SOCKET, SO_REUSEPORT, 1);
  if (plan.address.family == AddressFamily::kIpv6) {
    set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, plan.ipv6only ? 1 : 0);
  }
  if (plan.receive_buffer > 0) set_option(socket, SOL_SOCKET, SO_RCVBUF, plan.receive_buffer);
  if (plan.send_buffer > 0) set_option(socket, SOL_SOCKET, SO_SNDBUF, plan.send_buffer);
  if (plan.so_keepalive) set_option(socket, SOL_SOCKET, SO_KEEPALIVE, *plan.so_keepalive ? 1 : 0);
  if (!is_ip) return;
  // Accepted connections inherit it, which saves a call for each.
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  if (plan.keepalive_idle_s > 0)
    set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, plan.keepalive_idle_s);
  if (plan.keepalive_interval_s > 0) {
    set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, plan.keepalive_interval_s);
  }
  if (plan.keepalive_count > 0) set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, plan.keepalive_count);
  if (plan.fastopen > 0) set_option(socket, IPPROTO_TCP, TCP_FASTOPEN, plan.fastopen);
  if (plan.deferred) set_option(socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, 1);
}

}  // namespace

SocketResult make_listener(const ListenSocket& plan) {
  Descriptor socket = make_socket(plan.address);
  if (!socket) return {{}, errno};
  set_listener_options(socket.get(), plan);
  if (plan.address.family == AddressFamily::kUnix) remove_stale(plan.address);
  const SystemAddress system = to_system(plan.address);
  if (bind(socket.get(), system.get(), system.size) != 0) return {{}, errno};
  if (plan.address.family == AddressFamily::kUnix) chmod(plan.address.path.c_str(), 0666);
  if (listen(socket.get(), plan.backlog) != 0) return {{}, errno};
  return {std::move(socket), 0};
}

void stop_listening(int listener) {
  shutdown(listener, SHUT_RDWR);
}

SocketResult accept_connection(int listener, Address& remote) {
  SystemAddress system;
  system.size = sizeof system.storage;
  Descriptor socket(accept4(listener, system.get(), &system.size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket) return {{}, errno};
  remote = from_system(system);
  return {std::move(socket), 0};
}

Address local_address(int socket) {
  SystemAddress system;
  system.size = sizeof system.storage;
  if (getsockname(socket, system.get(), &system.size) != 0) return {};
  return from_system(system);
}

ConnectResult connect_to(const Address& address, const ConnectOptions& options) {
  Descriptor socket = make_socket(address);
  if (!socket) return {{}, errno};
  if (options.socket_keepalive) set_option(socket.get(), SOL_SOCKET, SO_KEEPALIVE, 1);
  if (address.family != AddressFamily::kUnix) set_no_delay(socket.get());
  if (options.bind != nullptr) {
    const SystemAddress from = to_system(*options.bind);
    if (options.bind->port == 0) set_option(socket.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    if (bind(socket.get(), from.get(), from.size) != 0) return {{}, errno, true};
  }
  const SystemAddress system = to_system(address);
  if (connect(socket.get(), system.get(), system.size) == 0) return {std::move(socket)};
  if (errno != EINPROGRESS) return {{}, errno};
  return {std::move(socket), 0, false, true};
}

void set_no_delay(int socket) {
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
}

std::string error_text(int error) {
  return std::generic_category().message(error);
}

}  // namespace poolproof::runtime
