// A histogram that is weighted by time.
#include "lint/sizing/concurrency.h"

#include <algorithm>
#include <numeric>

namespace poolproof::lint {
namespace {

double total_of(const std::vector<Micros>& times) {
  return static_cast<double>(std::accumulate(times.begin(), times.end(), Micros{0}));
}

}  // namespace

void ConcurrencyTimes::add(std::uint32_t level, Micros time) {
  level = std::min(level, kHighest);
  if (level >= time_at_.size()) time_at_.resize(level + 1);
  time_at_[level] += time;
}

ConcurrencyFacts ConcurrencyTimes::facts() const {
  ConcurrencyFacts facts;
  const double total = total_of(time_at_);
  double sum = 0;
  double weighted = 0;
  const auto reach = [&](double share, std::uint32_t level, std::uint32_t& out, double before) {
    if (before < share * total && sum >= share * total) out = level;
  };
  for (std::uint32_t level = 0; level < time_at_.size(); ++level) {
    const double before = sum;
    sum += static_cast<double>(time_at_[level]);
    weighted += level * static_cast<double>(time_at_[level]);
    reach(0.5, level, facts.p50, before);
    reach(0.9, level, facts.p90, before);
    reach(0.99, level, facts.p99, before);
    facts.max = level;
  }
  facts.mean = total > 0 ? weighted / total : 0;
  return facts;
}

std::vector<double> ConcurrencyTimes::shares() const {
  const double total = std::max(total_of(time_at_), 1.0);
  std::vector<double> shares;
  for (const Micros time : time_at_) shares.push_back(static_cast<double>(time) / total);
  return shares;
}

void ConcurrencyGauge::change(std::int32_t by, Micros now, ConcurrencyTimes& times) {
  if (since_ >= 0) times.add(level_, now - since_);
  since_ = now;
  level_ = static_cast<std::uint32_t>(static_cast<std::int64_t>(level_) + by);
}

}  // namespace poolproof::lint
