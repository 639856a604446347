// Loopback only: nothing here can reach another machine.
#include "cli/demo/sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace poolproof::cli::demo {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) reset(other.release());
  return *this;
}

int Descriptor::release() {
  return std::exchange(fd_, -1);
}

void Descriptor::reset(int fd) {
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
}

Descriptor listen_on_loopback(std::uint16_t port) {
  Descriptor listener(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (bind(listener.get(), generic, sizeof address) != 0) return {};
  if (listen(listener.get(), 1024) != 0) return {};
  return listener;
}

std::uint16_t local_port(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.sin_port);
}

std::uint16_t free_port() {
  const Descriptor listener = listen_on_loopback(0);
  return local_port(listener.get());
}

Descriptor connect_to_loopback(std::uint16_t port) {
  Descriptor socket_fd(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(socket_fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  if (connect(socket_fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS) {
    return {};
  }
  return socket_fd;
}

bool wait_for_listener(std::uint16_t port, int milliseconds) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::milliseconds(milliseconds);
  const sockaddr_in address = loopback(port);
  while (Clock::now() < end) {
    const Descriptor probe(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

std::uint64_t count_time_wait(std::uint16_t port) {
  // "sl: local:PORT remote:PORT STATE ...", numbers in upper-case hexadecimal.
  const std::string suffix = fmt::format(":{:04X}", port);
  std::ifstream table("/proc/net/tcp");
  std::uint64_t count = 0;
  std::string slot, local, remote, state, rest;
  std::getline(table, rest);
  while (table >> slot >> local >> remote >> state) {
    std::getline(table, rest);
    if (state == "06" && (local.ends_with(suffix) || remote.ends_with(suffix))) ++count;
  }
  return count;
}

}  // namespace poolproof::cli::demo
