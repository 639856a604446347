// The few socket calls that the demo's origin and load share. The demo plays the two other programs
// of the story (the backend and the clients), so it has sockets of its own and none of the
// runtime's.
#pragma once

#include <cstdint>
#include <string>

namespace poolproof::cli::demo {

/// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release();
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

/// A non-blocking listener on 127.0.0.1; port 0 takes any free one. Empty if it cannot be had.
Descriptor listen_on_loopback(std::uint16_t port);

/// The port that a socket is bound to; 0 if it has none.
std::uint16_t local_port(int fd);

/// A port of 127.0.0.1 on which nobody listens now.
std::uint16_t free_port();

/// Starts a non-blocking connection to 127.0.0.1.
Descriptor connect_to_loopback(std::uint16_t port);

/// True once somebody accepts connections there; waits for `milliseconds` at most.
bool wait_for_listener(std::uint16_t port, int milliseconds);

/// Connections to or from that port in state TIME_WAIT (Linux: state 06 in /proc/net/tcp).
std::uint64_t count_time_wait(std::uint16_t port);

}  // namespace poolproof::cli::demo
