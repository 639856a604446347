// A discrete-event loop: the next arrival against the earliest completion.
#include "lint/sizing/sim_load.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <queue>
#include <random>

namespace poolproof::lint {
namespace {

constexpr double kMicrosPerSecond = 1e6;
/// Squared coefficient of variation of the log-normal service time: a long tail, as backends have.
constexpr double kLogNormalSpread = 2;

/// The distributions of <random> differ between libraries, its engines do not.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// In (0, 1].
  double uniform() { return static_cast<double>((engine_() >> 11) + 1) * 0x1.0p-53; }
  double exponential(double mean) { return -std::log(uniform()) * mean; }
  double normal() {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

 private:
  std::mt19937_64 engine_;
};

struct Completion {
  Micros at;
  PoolBank::Ticket ticket;
  std::uint32_t server;

  bool operator>(const Completion& other) const { return at > other.at; }
};
using Completions = std::priority_queue<Completion, std::vector<Completion>, std::greater<>>;

class Simulation {
 public:
  Simulation(const LoadModel& model, const std::vector<std::uint32_t>& sizes)
      : model_(model), bank_(sizes, model.rules), dice_(model.seed) {
    const Load load = per_worker(model.load, model.workers);
    gap_ = kMicrosPerSecond / load.requests_per_second;
    service_ = kMicrosPerSecond * load.latency_seconds;
  }

  const PoolBank& run() {
    // Twenty times what is in flight: by then the pools are as full as they get.
    const auto warm_up = static_cast<std::uint64_t>(20 * service_ / gap_) + 2000;
    for (std::uint64_t i = 0; i < std::min(warm_up, 2 * model_.requests); ++i) serve(some_age());
    bank_.restart_counts();
    for (std::uint64_t i = 0; i < model_.requests; ++i) serve(0);
    return bank_;
  }

 private:
  void serve(std::uint32_t served_before) {
    clock_ += dice_.exponential(gap_);
    const Micros now = turn_of(clock_);
    complete_until(now);
    const std::uint32_t server = next_server_;
    next_server_ = (next_server_ + 1) % std::max(model_.servers, 1U);
    const PoolBank::Ticket ticket = bank_.begin(0, server, now, served_before);
    const Micros done = turn_of(clock_ + service_time());
    completions_.push({std::max(done, now + std::max<Micros>(model_.batch, 1)), ticket, server});
  }

  /// Connections that live long are met at any point of their lives.
  std::uint32_t some_age() {
    return static_cast<std::uint32_t>(dice_.uniform() * 0.999 * model_.rules.max_requests);
  }

  void complete_until(Micros now) {
    while (!completions_.empty() && completions_.top().at <= now) {
      const Completion done = completions_.top();
      completions_.pop();
      bank_.end(done.ticket, 0, done.server, done.at);
    }
  }

  /// The end of the turn in which the worker handles what happens then.
  Micros turn_of(double time) const {
    const auto exact = static_cast<Micros>(std::ceil(time));
    if (model_.batch <= 1) return exact;
    return (exact + model_.batch - 1) / model_.batch * model_.batch;
  }

  double service_time() {
    switch (model_.service_time) {
      case ServiceTime::kConstant:
        return service_;
      case ServiceTime::kLogNormal: {
        const double variance = std::log(1 + kLogNormalSpread);
        return service_ * std::exp(std::sqrt(variance) * dice_.normal() - variance / 2);
      }
      case ServiceTime::kExponential:
        break;
    }
    return dice_.exponential(service_);
  }

  const LoadModel& model_;
  PoolBank bank_;
  Dice dice_;
  double gap_ = 0, service_ = 0;  // means, in microseconds
  double clock_ = 0;
  std::uint32_t next_server_ = 0;
  Completions completions_;
};

}  // namespace

Curve simulate(const LoadModel& model, const std::vector<std::uint32_t>& sizes) {
  Simulation simulation(model, sizes);
  return curve_of(simulation.run(), model.load.requests_per_second);
}

Curve curve_of(const PoolBank& bank, double requests_per_second,
               const std::vector<PoolCounts>& before, std::uint64_t requests_before) {
  Curve curve;
  const auto requests =
      static_cast<double>(std::max<std::uint64_t>(bank.requests() - requests_before, 1));
  for (std::size_t i = 0; i < bank.sizes().size(); ++i) {
    const PoolCounts& counts = bank.counts()[i];
    const PoolCounts earlier = before.empty() ? PoolCounts{} : before[i];
    const auto share = [&](std::uint64_t PoolCounts::*count) {
      return static_cast<double>(counts.*count - earlier.*count) / requests;
    };
    SizePoint point;
    point.keepalive = bank.sizes()[i];
    point.opened = counts.opened;
    point.opened_per_request = share(&PoolCounts::opened);
    point.opened_per_second = point.opened_per_request * requests_per_second;
    point.evicted_per_request = share(&PoolCounts::evicted);
    point.expired_per_request = share(&PoolCounts::expired);
    point.worn_out_per_request = share(&PoolCounts::worn_out);
    curve.push_back(point);
  }
  return curve;
}

}  // namespace poolproof::lint
