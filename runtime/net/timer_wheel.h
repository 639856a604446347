// Deadlines of a worker's connections. Setting a later deadline writes a number; a timer is moved
// only when its slot comes round or when its deadline comes closer. Coarse: a timer fires up to one
// tick late, never early. Reads no clock. One thread only.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

namespace poolproof::runtime {

class TimerHandler {
 public:
  virtual void on_timeout() = 0;

 protected:
  ~TimerHandler() = default;
};

class TimerWheel;

/// One deadline. Leaves its wheel when it is destroyed; not movable.
class Timer {
 public:
  explicit Timer(TimerHandler& handler) : handler_(&handler) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() { unlink(); }

  bool is_set() const { return deadline_ms_ != kNever; }
  /// It will not fire. It may stay linked in its slot until that comes round.
  void cancel() { deadline_ms_ = kNever; }

 private:
  friend class TimerWheel;
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  void unlink();

  TimerHandler* handler_;
  Timer* next_ = nullptr;
  Timer** link_ = nullptr;  // what points to this one; null: in no slot
  std::int64_t deadline_ms_ = kNever;
  std::int64_t visit_tick_ = 0;  // when its slot comes round
};

class TimerWheel {
 public:
  static constexpr std::int64_t kTickMs = 16;
  static constexpr std::size_t kSlots = 4096;  // a horizon of 65 s; later deadlines go round again

  explicit TimerWheel(std::int64_t now_ms) : tick_(now_ms / kTickMs) {}

  /// Fires at `deadline_ms` or up to a tick later.
  void set(Timer& timer, std::int64_t deadline_ms);
  /// Fires what is due. Handlers may set, cancel and destroy timers, their own included.
  void advance(std::int64_t now_ms);
  /// Milliseconds until the next slot that holds a timer; -1 if no timer is linked.
  std::int64_t wait_ms(std::int64_t now_ms) const;

 private:
  void link(Timer& timer, std::int64_t tick);
  void visit(std::size_t slot, std::int64_t now_ms);

  std::int64_t tick_;  // the last one that was visited
  std::array<Timer*, kSlots> slots_{};
  std::array<std::uint64_t, kSlots / 64> used_{};  // bit per slot that may hold timers
};

}  // namespace poolproof::runtime
