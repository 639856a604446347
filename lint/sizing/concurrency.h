// How many requests were in flight, for how much of the time.
#pragma once

#include <cstdint>
#include <vector>

#include "lint/sizing/idle_pool.h"

namespace poolproof::lint {

struct ConcurrencyFacts {
  double mean = 0;
  std::uint32_t p50 = 0, p90 = 0, p99 = 0;
  std::uint32_t max = 0;
};

/// Time spent at each level. Levels at or above kHighest count as kHighest.
class ConcurrencyTimes {
 public:
  static constexpr std::uint32_t kHighest = 1 << 20;

  void add(std::uint32_t level, Micros time);
  ConcurrencyFacts facts() const;
  /// Share of the time (0 to 1) at each level up to the highest one seen.
  std::vector<double> shares() const;

 private:
  std::vector<Micros> time_at_;
};

/// One count that goes up and down. Times never go back.
class ConcurrencyGauge {
 public:
  void change(std::int32_t by, Micros now, ConcurrencyTimes& times);
  std::uint32_t level() const { return level_; }

 private:
  std::uint32_t level_ = 0;
  Micros since_ = -1;  // -1: nothing has happened yet
};

}  // namespace poolproof::lint
