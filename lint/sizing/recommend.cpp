// Numbers come from theory.h; this chooses among them and says why.
#include "lint/sizing/recommend.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace poolproof::lint {
namespace {

std::string with_thousands(std::uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

Recommendation by_servers(std::uint32_t servers) {
  const std::uint32_t twice = 2 * servers;
  if (twice >= kSmallestKeepalive) {
    return {twice, fmt::format("two for each of {}", counted(servers, "server"))};
  }
  if (servers > 1) {
    return {kSmallestKeepalive,
            fmt::format("more than two for each of {}, and the least that makes "
                        "sense where the load is not known",
                        counted(servers, "server"))};
  }
  return {kSmallestKeepalive,
          fmt::format("with {} a request in {} opens a connection at worst, whatever the load is",
                      kSmallestKeepalive, kSmallestKeepalive + 1)};
}

Recommendation by_load(std::uint32_t servers, std::uint32_t workers, Load load) {
  const double each = in_flight(per_worker(load, workers));
  const std::uint32_t places = swing(servers, each);
  const std::string carried = fmt::format(
      "{} requests per second of {} ms are {} in flight{}", readable(load.requests_per_second),
      readable(load.latency_seconds * 1000), readable(in_flight(load)),
      workers > 1 ? fmt::format(", {} per worker", readable(each)) : "");
  if (places < kSmallestKeepalive) {
    return {kSmallestKeepalive,
            fmt::format("{}, whose swing {} would absorb; {} is the least that makes sense",
                        carried, counted(places, "idle connection"), kSmallestKeepalive)};
  }
  return {places, fmt::format("{}, and 3 x sqrt({} x {}) + {} idle connections absorb their swing",
                              carried, counted(servers, "server"), readable(each), servers)};
}

}  // namespace

Recommendation recommended_keepalive(std::uint32_t servers, std::uint32_t workers,
                                     const std::optional<Load>& load) {
  servers = std::max(servers, 1U);
  Recommendation least = by_servers(servers);
  if (!load || in_flight(*load) <= 0) return least;
  Recommendation found = by_load(servers, std::max(workers, 1U), *load);
  return found.keepalive >= servers ? found : least;
}

std::uint32_t keepalive_within(std::uint32_t worker_connections, std::uint32_t pools) {
  const std::uint32_t half = worker_connections / 2;
  return half == 0 ? 0 : (half - 1) / std::max(pools, 1U);
}

Recommendation limited_to(Recommendation recommendation, std::uint32_t ceiling,
                          std::uint32_t worker_connections) {
  if (recommendation.keepalive <= ceiling) return recommendation;
  recommendation.reason = fmt::format(
      "{} would be better ({}), but idle connections should stay below half of the {} "
      "worker_connections; raise those first",
      recommendation.keepalive, recommendation.reason, worker_connections);
  recommendation.keepalive = ceiling;
  return recommendation;
}

std::string counted(std::uint64_t count, const char* noun) {
  return fmt::format("{} {}{}", with_thousands(count), noun, count == 1 ? "" : "s");
}

std::string readable(double number) {
  if (number < 0) return "-" + readable(-number);
  if (number >= 99.5) return with_thousands(static_cast<std::uint64_t>(std::llround(number)));
  if (number == 0 || number < 1e-6) return "0";
  const int digits = static_cast<int>(std::floor(std::log10(number))) + 1;
  std::string text = fmt::format("{:.{}f}", number, std::max(0, 3 - digits));
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

}  // namespace poolproof::lint
