// Requests here have no bodies (the load sends GET), so a head is all there is to read.
#include "cli/demo/origin.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace poolproof::cli::demo {
namespace {

constexpr std::string_view kKept =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 14\r\n\r\nHello, client\n";
constexpr std::string_view kLast =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 14\r\n"
    "Connection: close\r\n\r\nHello, client\n";

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (equal_without_case(trimmed(list.substr(0, comma)), token)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

/// Does the request allow the connection to stay open (RFC 9112, section 9.3)?
bool allows_keep_alive(std::string_view head) {
  const std::size_t line_end = head.find("\r\n");
  const bool is_11 = head.substr(0, line_end).ends_with("HTTP/1.1");
  bool close = false, keep_alive = false;
  for (std::size_t at = line_end + 2; at < head.size();) {
    const std::size_t end = std::min(head.find("\r\n", at), head.size());
    const std::string_view line = head.substr(at, end - at);
    at = end + 2;
    const std::size_t colon = line.find(':');
    if (colon == line.npos || !equal_without_case(line.substr(0, colon), "connection")) continue;
    close = close || has_token(line.substr(colon + 1), "close");
    keep_alive = keep_alive || has_token(line.substr(colon + 1), "keep-alive");
  }
  return !close && (is_11 || keep_alive);
}

}  // namespace

bool Origin::start() {
  listener_ = listen_on_loopback(0);
  epoll_ = Descriptor(epoll_create1(EPOLL_CLOEXEC));
  if (!listener_ || !epoll_) return false;
  port_ = local_port(listener_.get());
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listener_.get();
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), &event);
  thread_ = std::thread([this] { serve(); });
  return true;
}

void Origin::stop() {
  stopping_.store(true);
  if (thread_.joinable()) thread_.join();
}

void Origin::serve() {
  std::array<epoll_event, 128> events{};
  while (!stopping_.load(std::memory_order_relaxed)) {
    const int count = epoll_wait(epoll_.get(), events.data(), events.size(), 50);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener_.get()) {
        accept_all();
      } else if (!answer(fd)) {
        partial_.erase(fd);
        close(fd);
      }
    }
  }
  for (const auto& [fd, head] : partial_) close(fd);
}

void Origin::accept_all() {
  while (true) {
    const int fd = accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    connections_.fetch_add(1, std::memory_order_relaxed);
    partial_.emplace(fd, std::string());
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
  }
}

bool Origin::answer(int fd) {
  std::array<char, 8192> buffer;
  const ssize_t size = recv(fd, buffer.data(), buffer.size(), 0);
  if (size <= 0) return size < 0 && errno == EAGAIN;
  std::string& head = partial_[fd];
  head.append(buffer.data(), static_cast<std::size_t>(size));
  for (std::size_t end; (end = head.find("\r\n\r\n")) != head.npos; head.erase(0, end + 4)) {
    const bool keep = allows_keep_alive(std::string_view(head).substr(0, end));
    requests_.fetch_add(1, std::memory_order_relaxed);
    const std::string_view response = keep ? kKept : kLast;
    if (send(fd, response.data(), response.size(), MSG_NOSIGNAL) < 0 || !keep) return false;
  }
  return head.size() < buffer.size();
}

}  // namespace poolproof::cli::demo
