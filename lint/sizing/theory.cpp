// Formulas. The constants of swing() were fitted to simulations of nginx's pool (see sim_load.h).
#include "lint/sizing/theory.h"

#include <algorithm>
#include <cmath>

namespace poolproof::lint {
namespace {

constexpr double kSwings = 3;
/// Beyond this a Poisson distribution is a normal one to the precision of a whole number.
constexpr double kNormalFrom = 500;

/// Standard normal quantile after Acklam's rational approximation, |error| < 1.2e-9 relative;
/// only the range that is asked here: 0.001 to 0.999.
double normal_quantile(double p) {
  static constexpr double kA[] = {-39.69683028665376, 220.9460984245205,  -275.9285104469687,
                                  138.3577518672690,  -30.66479806614716, 2.506628277459239};
  static constexpr double kB[] = {-54.47609879822406, 161.5858368580409, -155.6989798598866,
                                  66.80131188771972, -13.28068155288572};
  static constexpr double kC[] = {-0.007784894002430293, -0.3223964580411365, -2.400758277161838,
                                  -2.549732539343734,    4.374664141464968,   2.938163982698783};
  static constexpr double kD[] = {0.007784695709041462, 0.3224671290700398, 2.445134137142996,
                                  3.754408661907416};
  constexpr double kTail = 0.02425;
  if (p > 1 - kTail) return -normal_quantile(1 - p);
  if (p < kTail) {
    const double q = std::sqrt(-2 * std::log(p));
    return (((((kC[0] * q + kC[1]) * q + kC[2]) * q + kC[3]) * q + kC[4]) * q + kC[5]) /
           ((((kD[0] * q + kD[1]) * q + kD[2]) * q + kD[3]) * q + 1);
  }
  const double q = p - 0.5;
  const double r = q * q;
  return (((((kA[0] * r + kA[1]) * r + kA[2]) * r + kA[3]) * r + kA[4]) * r + kA[5]) * q /
         (((((kB[0] * r + kB[1]) * r + kB[2]) * r + kB[3]) * r + kB[4]) * r + 1);
}

}  // namespace

double in_flight(Load load) {
  return load.requests_per_second * load.latency_seconds;
}

Load per_worker(Load load, std::uint32_t workers) {
  return {load.requests_per_second / std::max(workers, 1U), load.latency_seconds};
}

std::uint32_t swing(std::uint32_t servers, double in_flight_per_worker) {
  const double places = kSwings * std::sqrt(servers * std::max(in_flight_per_worker, 0.0));
  return static_cast<std::uint32_t>(std::min(std::ceil(places), 1e9)) + servers;
}

double enough_for(std::uint32_t keepalive, std::uint32_t servers) {
  if (keepalive <= servers || servers == 0) return 0;
  const double root = (keepalive - servers) / kSwings;
  return root * root / servers;
}

double small_pool_opened_per_request(std::uint32_t keepalive) {
  return 1.0 / (keepalive + 1.0);
}

std::uint32_t concurrency_quantile(double mean, double quantile) {
  if (mean <= 0) return 0;
  if (mean >= kNormalFrom) {
    return static_cast<std::uint32_t>(
        std::lround(mean + normal_quantile(quantile) * std::sqrt(mean)));
  }
  double probability = std::exp(-mean);
  double sum = probability;
  std::uint32_t count = 0;
  while (sum < quantile && probability > 0) {
    probability *= mean / ++count;
    sum += probability;
  }
  return count;
}

std::vector<StepCost> walk_steps(std::uint64_t keepalive, const std::vector<Step>& steps) {
  std::vector<StepCost> costs;
  std::uint64_t idle = 0;
  for (const Step& step : steps) {
    StepCost cost;
    const std::uint64_t available = idle + step.completions;
    if (step.arrivals > available) cost.opened = step.arrivals - available;
    const std::uint64_t left = available + cost.opened - step.arrivals;
    idle = std::min(left, keepalive);
    cost.closed = left - idle;
    cost.idle = idle;
    costs.push_back(cost);
  }
  return costs;
}

}  // namespace poolproof::lint
