// The pool under a load that is known by its rate and latency only: requests that arrive without
// knowing of each other (Poisson) and take exponential, constant or log-normal time, as an open
// loop. The same seed gives the same numbers on every machine.
#pragma once

#include <cstdint>
#include <vector>

#include "lint/sizing/pool_bank.h"
#include "lint/sizing/theory.h"

namespace poolproof::lint {

enum class ServiceTime : std::uint8_t { kExponential, kConstant, kLogNormal };

struct LoadModel {
  Load load;                  // over all workers
  std::uint32_t servers = 1;  // taken in turn by each worker
  std::uint32_t workers = 1;
  PoolRules rules;
  /// What happens within this time is handled by a worker in one turn of its event loop: first the
  /// responses (their connections become idle), then the requests. 0: each by itself. A real nginx
  /// shows it at `keepalive` 1 and 2, where a batch of responses overflows the pool at once.
  Micros batch = 0;
  ServiceTime service_time = ServiceTime::kExponential;
  std::uint64_t requests = 300'000;  // counted, after the pools have filled
  std::uint64_t seed = 1;
};

/// One point of the curve. Connections and requests are those of all workers.
struct SizePoint {
  std::uint32_t keepalive = 0;  // per worker
  double opened_per_request = 0;
  double opened_per_second = 0;
  double evicted_per_request = 0;   // closed for want of a place
  double expired_per_request = 0;   // closed by keepalive_timeout
  double worn_out_per_request = 0;  // closed by keepalive_requests
  /// Connections of the whole simulation, those included that filled the pools at its beginning.
  std::uint64_t opened = 0;

  double reuse_ratio() const { return 1 - opened_per_request; }
};
using Curve = std::vector<SizePoint>;

/// Requests in flight in one worker that a simulation can be asked for: more do not settle within
/// the requests that are simulated, and no worker has the descriptors for them.
inline constexpr double kMostInFlight = 50'000;

/// One point for each size, in their order. Workers are alike, so one of them is simulated.
Curve simulate(const LoadModel& model, const std::vector<std::uint32_t>& sizes);

/// What was counted, at that rate. `before` (in the order of the bank's sizes; empty: nothing) is
/// what had been counted when `requests_before` requests had begun, and is left out.
Curve curve_of(const PoolBank& bank, double requests_per_second,
               const std::vector<PoolCounts>& before = {}, std::uint64_t requests_before = 0);

}  // namespace poolproof::lint
