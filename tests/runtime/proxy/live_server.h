// A server on loopback with a scripted upstream, for tests of what goes over the wire. The client's
// side blocks; the server runs in threads of its own.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "grammar/base/descriptor.h"
#include "grammar/base/file_reader.h"
#include "runtime/net/system_resolver.h"
#include "runtime/server.h"

namespace poolproof::runtime::testing_support {

inline sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// A listener on any free port of loopback.
inline Descriptor listen_anywhere(int& port) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(socket.get(), 64), 0);
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return socket;
}

/// A blocking connection with a time limit of two seconds on everything.
class Wire {
 public:
  explicit Wire(Descriptor socket) : socket_(std::move(socket)) {}
  static Wire connect_to(int port) {
    Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(port);
    EXPECT_EQ(connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
    return Wire(std::move(socket));
  }
  int fd() const { return socket_.get(); }
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  /// More bytes; false at the end, or after two seconds.
  bool receive() {
    pollfd wait{socket_.get(), POLLIN, 0};
    if (poll(&wait, 1, 2000) <= 0) return false;
    char buffer[65536];
    const ssize_t size = recv(socket_.get(), buffer, sizeof buffer, 0);
    if (size <= 0) return false;
    got_.append(buffer, static_cast<std::size_t>(size));
    return true;
  }
  /// Takes everything up to and including `end`.
  std::string until(std::string_view end) {
    std::size_t at;
    while ((at = got_.find(end)) == std::string::npos) {
      if (!receive()) return std::exchange(got_, {});
    }
    return cut(at + end.size());
  }
  std::string exactly(std::size_t size) {
    while (got_.size() < size && receive()) {
    }
    return cut(std::min(size, got_.size()));
  }
  std::string until_closed() {
    while (receive()) {
    }
    return std::exchange(got_, {});
  }
  /// A message with Content-Length or without body.
  std::string message() {
    std::string head = until("\r\n\r\n");
    const std::size_t at = head.find("Content-Length: ");
    if (at != std::string::npos) head += exactly(std::stoul(head.substr(at + 16)));
    return head;
  }
  void close() { socket_.reset(); }
  void finish_sending() { shutdown(socket_.get(), SHUT_WR); }

 private:
  std::string cut(std::size_t size) {
    std::string taken = got_.substr(0, size);
    got_.erase(0, size);
    return taken;
  }
  Descriptor socket_;
  std::string got_;
};

/// Accepts connections and lets `script` handle each in its own thread.
class ScriptedUpstream {
 public:
  using Script = std::function<void(Wire&, int connection)>;
  explicit ScriptedUpstream(Script script)
      : script_(std::move(script)), listener_(listen_anywhere(port_)) {
    accepting_ = std::thread([this] {
      while (true) {
        Descriptor socket(accept(listener_.get(), nullptr, nullptr));
        if (!socket) return;
        const int number = ++connections_;
        threads_.emplace_back([this, number, wire = std::make_shared<Wire>(std::move(socket))] {
          script_(*wire, number);
        });
      }
    });
  }
  ~ScriptedUpstream() {
    shutdown(listener_.get(), SHUT_RDWR);
    accepting_.join();
    for (std::thread& thread : threads_) thread.join();
  }
  int port() const { return port_; }
  int connections() const { return connections_; }

 private:
  Script script_;
  int port_ = 0;
  Descriptor listener_;
  std::atomic<int> connections_{0};
  std::thread accepting_;
  std::vector<std::thread> threads_;
};

/// The configuration inside `http {}`; "LISTEN" in it becomes a free address.
class LiveServer {
 public:
  explicit LiveServer(std::string http, std::string_view main = "") {
    { const Descriptor probe = listen_anywhere(port_); }
    const std::string address = "127.0.0.1:" + std::to_string(port_);
    for (std::size_t at; (at = http.find("LISTEN")) != std::string::npos;)
      http.replace(at, 6, address);
    bound_ = load_config_text(
        files_, "test.conf",
        std::string(main) + "error_log /dev/null; events {} http { access_log off; " + http + "}",
        {});
    config_ = merge(*bound_, kNewestVersion);
    PlanOptions options;
    options.resolver = &resolver_;
    options.prefix = "/";
    PlanResult result = build_plan(*config_, options);
    for (const Diagnostic& diagnostic : result.diagnostics) ADD_FAILURE() << diagnostic.message;
    plan_ = std::move(result.plan);
    server_ = std::make_unique<Server>(*plan_, "test");
    EXPECT_EQ(server_->open(), "");
    EXPECT_EQ(server_->start(), "");
  }
  Wire connect() const { return Wire::connect_to(port_); }
  Server& server() { return *server_; }

 private:
  int port_ = 0;
  DiskFileReader files_;
  SystemResolver resolver_;
  std::unique_ptr<BoundConfig> bound_;
  std::unique_ptr<EffectiveConfig> config_;
  std::unique_ptr<Plan> plan_;
  std::unique_ptr<Server> server_;
};

}  // namespace poolproof::runtime::testing_support
