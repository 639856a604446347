// One thread and one epoll set, so that the load costs little of the two cores that the proxy and
// the origin share with it.
#include "cli/demo/load.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "cli/demo/sockets.h"

namespace poolproof::cli::demo {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kRequest = "GET /api/hello HTTP/1.1\r\nHost: demo.example\r\n\r\n";

struct Client {
  Descriptor socket;
  std::string received;
  Clock::time_point sent_at;
};

/// The length of the complete response at the start of `text`, or 0 while it is incomplete.
std::size_t response_length(std::string_view text) {
  const std::size_t head_end = text.find("\r\n\r\n");
  if (head_end == text.npos) return 0;
  const std::string_view head = text.substr(0, head_end);
  std::size_t body = 0;
  constexpr std::string_view kLength = "\r\nContent-Length: ";
  if (const std::size_t at = head.find(kLength); at != head.npos) {
    const std::string_view digits = head.substr(at + kLength.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), body);
  }
  const std::size_t total = head_end + 4 + body;
  return text.size() >= total ? total : 0;
}

class Load {
 public:
  explicit Load(const LoadOptions& options)
      : options_(options), epoll_(epoll_create1(EPOLL_CLOEXEC)), clients_(options.connections) {
    latencies_.reserve(options.requests);
  }

  LoadResult run() {
    const auto start = Clock::now();
    const auto deadline = start + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(options_.max_seconds));
    for (std::size_t i = 0; i < clients_.size(); ++i) open(i);
    auto next_report = start;
    while (finished() < options_.requests && Clock::now() < deadline) {
      turn();
      if (options_.progress && Clock::now() >= next_report) {
        options_.progress(static_cast<double>(finished()) / static_cast<double>(options_.requests));
        next_report = Clock::now() + std::chrono::milliseconds(100);
      }
    }
    result_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    result_.p50_ms = percentile(0.50);
    result_.p99_ms = percentile(0.99);
    return result_;
  }

 private:
  std::uint64_t finished() const { return result_.answered + result_.failed; }

  void open(std::size_t index) {
    Client& client = clients_[index];
    client.socket = connect_to_loopback(options_.port);
    client.received.clear();
    client.sent_at = {};
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.u64 = index;
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, client.socket.get(), &event);
  }

  void turn() {
    std::array<epoll_event, 64> events{};
    const int count = epoll_wait(epoll_.get(), events.data(), events.size(), 100);
    for (int i = 0; i < count; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      handle(event.data.u64, event.events);
    }
  }

  void handle(std::size_t index, std::uint32_t events) {
    Client& client = clients_[index];
    const bool connected_now = client.sent_at == Clock::time_point{};
    if ((events & EPOLLERR) != 0) return fail(index);
    if (connected_now && (events & EPOLLOUT) != 0) send_request(client);
    if ((events & (EPOLLIN | EPOLLHUP)) != 0) receive(index);
  }

  void send_request(Client& client) {
    if (started_ >= options_.requests) return;
    ++started_;
    client.sent_at = Clock::now();
    send(client.socket.get(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL);
  }

  void receive(std::size_t index) {
    Client& client = clients_[index];
    std::array<char, 4096> buffer;
    ssize_t size;
    while ((size = recv(client.socket.get(), buffer.data(), buffer.size(), 0)) > 0) {
      client.received.append(buffer.data(), static_cast<std::size_t>(size));
    }
    const bool closed = size == 0 || errno != EAGAIN;
    if (const std::size_t length = response_length(client.received); length != 0) {
      record(client, length);
      if (!closed) return send_request(client);
      return open(index);
    }
    if (closed) fail(index);
  }

  void record(Client& client, std::size_t length) {
    const bool ok = client.received.starts_with("HTTP/1.1 200");
    ++(ok ? result_.answered : result_.failed);
    client.received.erase(0, length);
    latencies_.push_back(
        std::chrono::duration<double, std::milli>(Clock::now() - client.sent_at).count());
  }

  void fail(std::size_t index) {
    if (clients_[index].sent_at != Clock::time_point{}) ++result_.failed;
    open(index);
  }

  double percentile(double share) {
    if (latencies_.empty()) return 0;
    const auto at = latencies_.begin() +
                    static_cast<std::ptrdiff_t>(share * static_cast<double>(latencies_.size() - 1));
    std::nth_element(latencies_.begin(), at, latencies_.end());
    return *at;
  }

  const LoadOptions& options_;
  Descriptor epoll_;
  std::vector<Client> clients_;
  std::uint64_t started_ = 0;
  std::vector<double> latencies_;
  LoadResult result_;
};

}  // namespace

LoadResult run_load(const LoadOptions& options) {
  return Load(options).run();
}

}  // namespace poolproof::cli::demo
