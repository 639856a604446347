// The arithmetic of idle upstream connections: Little's law, how many connections a pool must hold
// back so that the swing of the load does not open new ones, and what a stretch of uneven steps
// costs. Pure numbers: knows no configuration, no log and no nginx object.
#pragma once

#include <cstdint>
#include <vector>

namespace poolproof::lint {

/// What is asked of one upstream group: requests per second over all workers, and the mean time
/// that a request occupies its upstream connection.
struct Load {
  double requests_per_second = 0;
  double latency_seconds = 0;
};

/// Little's law: the mean number of requests in flight.
double in_flight(Load load);

/// How much of the load one worker carries, with requests spread evenly.
Load per_worker(Load load, std::uint32_t workers);

/// 3 * sqrt(servers * in_flight) + servers, rounded up: what one worker must be able to keep so
/// that about one request in a hundred opens a connection. A pool absorbs the swing of the load,
/// which grows with the square root of it, not the load itself.
std::uint32_t swing(std::uint32_t servers, double in_flight_per_worker);

/// The inverse of swing(): requests in flight per worker up to which `keepalive` places are enough.
double enough_for(std::uint32_t keepalive, std::uint32_t servers);

/// 1 / (keepalive + 1): new connections per request towards one server while the pool is small
/// beside the swing (keepalive well below sqrt(in flight)), whatever the rate is. The idle count is
/// then a random walk between 0 and `keepalive`, and every state of it is equally likely.
double small_pool_opened_per_request(std::uint32_t keepalive);

/// The count below which `quantile` (0 to 1) of the time lies, for arrivals that know nothing of
/// each other: a Poisson distribution with that mean.
std::uint32_t concurrency_quantile(double mean, double quantile);

/// Requests that begin and that end within one step of time.
struct Step {
  std::uint64_t arrivals = 0;
  std::uint64_t completions = 0;
};
struct StepCost {
  std::uint64_t opened = 0;
  std::uint64_t closed = 0;
  std::uint64_t idle = 0;  // kept at the end of the step
};

/// One worker that starts with no idle connection. Within a step what ends serves what begins;
/// what is left over is kept up to `keepalive` and closed beyond, what is missing is opened.
std::vector<StepCost> walk_steps(std::uint64_t keepalive, const std::vector<Step>& steps);

}  // namespace poolproof::lint
