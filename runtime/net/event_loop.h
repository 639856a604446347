// A worker's loop: readiness from epoll (edge-triggered, registered once), timers, and work that is
// put off to the end of the batch. Of a worker's code it alone waits, and it alone reads the clock,
// once per turn; only the error log has its own times. One thread only, but for wake().
//
// An event of a batch may belong to a descriptor that was closed earlier in the same batch. So a
// watcher is never destroyed or reused inside a batch: it is handed to retire(), which drops what
// is still to come for it.
#pragma once

#include <cstdint>
#include <vector>

#include "grammar/base/descriptor.h"
#include "runtime/net/timer_wheel.h"

namespace poolproof::runtime {

/// Bits that Watcher::on_ready gets. Values are epoll's.
namespace ready {
inline constexpr std::uint32_t kReadable = 0x001;
inline constexpr std::uint32_t kWritable = 0x004;
inline constexpr std::uint32_t kError = 0x008;
inline constexpr std::uint32_t kHangup = 0x010;
inline constexpr std::uint32_t kPeerClosed = 0x2000;  // the peer will send no more
}  // namespace ready

class Watcher {
 public:
  virtual void on_ready(std::uint32_t events) = 0;
  /// The batch is over: nothing refers to the watcher any more. It may destroy or recycle itself.
  virtual void on_retired() {}

  virtual ~Watcher() = default;

 private:
  friend class EventLoop;
  bool retired_ = false;  // the rest of the batch passes it by
};

class EventLoop {
 public:
  EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// False if the system refuses (errno).
  bool is_open() const { return static_cast<bool>(epoll_) && static_cast<bool>(wake_); }
  /// Registers for both directions, edge-triggered. Closing the descriptor ends it. False: errno.
  bool add(int fd, Watcher& watcher);
  /// Registers a listener that several loops share: level-triggered, one of them is woken.
  bool add_listener(int fd, Watcher& watcher);
  void remove(int fd);

  /// No more events for the watcher, whose descriptor is closed; watcher.on_retired() when the
  /// batch is over.
  void retire(Watcher& watcher) {
    watcher.retired_ = true;
    retired_.push_back(&watcher);
  }

  /// Waits at most `max_wait_ms` (-1: until something happens) and handles what has come.
  void turn(std::int64_t max_wait_ms);
  /// Makes turn() return soon. From any thread, and from signal handlers.
  void wake();

  std::int64_t now_ms() const { return now_ms_; }  // monotonic
  std::int64_t unix_ms() const { return unix_ms_; }
  void set_timer(Timer& timer, std::int64_t delay_ms) { timers_.set(timer, now_ms_ + delay_ms); }

 private:
  static std::int64_t read_monotonic_ms();
  void read_clock();
  void finish_batch();

  std::int64_t now_ms_;
  std::int64_t unix_ms_ = 0;
  Descriptor epoll_;
  Descriptor wake_;
  TimerWheel timers_;
  std::vector<Watcher*> retired_;
};

}  // namespace poolproof::runtime
