// The backend of the demo: a small, correct HTTP/1.1 server in a thread of its own. It keeps a
// connection exactly when the request allows it (RFC 9112, section 9.3) and counts what it accepts.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <unordered_map>

#include "cli/demo/sockets.h"

namespace poolproof::cli::demo {

class Origin {
 public:
  Origin() = default;
  ~Origin() { stop(); }
  Origin(const Origin&) = delete;
  Origin& operator=(const Origin&) = delete;

  /// Listens on any free loopback port; false if that is not possible.
  bool start();
  void stop();

  std::uint16_t port() const { return port_; }
  std::uint64_t connections() const { return connections_.load(std::memory_order_relaxed); }
  std::uint64_t requests() const { return requests_.load(std::memory_order_relaxed); }

 private:
  void serve();
  void accept_all();
  /// False when the connection is done with.
  bool answer(int fd);

  Descriptor listener_, epoll_;
  std::uint16_t port_ = 0;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> connections_{0}, requests_{0};
  /// What came of a request head that is not complete, by descriptor.
  std::unordered_map<int, std::string> partial_;
};

}  // namespace poolproof::cli::demo
