// Puts the requests of a log into the order of time. A log has them in the order in which they
// ended; the pool sees them begin, too. Memory is bounded: what is further back than the lag, or
// does not fit, is let go; a request that began before that begins now, one that also ended before
// is refused.
#pragma once

#include <cstdint>
#include <vector>

#include "lint/sizing/idle_pool.h"

namespace poolproof::lint {

/// A stay on one upstream connection.
struct Stay {
  Micros begin = 0, end = 0;  // end > begin
  std::uint32_t group = 0, server = 0, worker = 0;
  std::uint32_t ticket = 0;  // the receiver's own, set when it begins
};

class TimelineReceiver {
 public:
  virtual ~TimelineReceiver() = default;
  virtual void begin(Stay& stay) = 0;
  virtual void end(Stay& stay) = 0;
};

class Timeline {
 public:
  /// The longest stay that is put in order exactly.
  static constexpr Micros kLag = 60'000'000;
  /// Stays that are held at most; each takes 40 bytes.
  static constexpr std::size_t kMostStays = 1'000'000;

  explicit Timeline(TimelineReceiver& receiver);

  /// Delivers what lies before `stay.end - kLag`, and keeps the stay. False for one that ended
  /// before what has been delivered: the log goes back by more than the lag.
  bool add(Stay stay);
  /// Delivers the rest.
  void finish();

  /// Stays that were kept but began before what had been delivered by then.
  std::uint64_t late() const { return late_; }

 private:
  using Index = std::uint32_t;
  static constexpr Index kNone = 0xffffffff;
  static constexpr Micros kSlot = 1000;           // microseconds
  static constexpr std::size_t kSlots = 1 << 17;  // 131 s
  static constexpr Micros kReach = kSlot * kSlots;

  /// An event is a stay's index times two, plus one for its end.
  void link(Index event, Micros at);
  void deliver_until(Micros time);
  void deliver_slot(std::size_t slot);
  Micros time_of(Index event) const;

  TimelineReceiver& receiver_;
  std::vector<Stay> stays_;
  std::vector<Index> next_;   // of each event
  std::vector<Index> slots_;  // first event of each
  std::vector<Index> free_stays_;
  std::vector<Index> batch_;
  Micros delivered_ = 0;  // everything before is; a multiple of kSlot
  std::size_t waiting_ = 0;
  std::uint64_t late_ = 0;
  bool started_ = false;
};

}  // namespace poolproof::lint
