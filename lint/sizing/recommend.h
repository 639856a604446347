// How big `keepalive` should be, with the sentence that says why: what `poolproof size` prints and
// what the rules about mis-sized pools quote, so that both always say the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lint/sizing/theory.h"

namespace poolproof::lint {

/// With fewer even one server's pool may open a connection for more than one request in 17.
inline constexpr std::uint32_t kSmallestKeepalive = 16;

struct Recommendation {
  std::uint32_t keepalive = 0;  // per worker, as `keepalive` counts
  std::string reason;           // a clause without a final stop
};

/// For one upstream group. `servers` are those that get requests (not down, not backup), 1 or more;
/// `load` is that of all `workers` together. With no load known it is twice the servers; with one
/// it is swing(). Never less than kSmallestKeepalive.
Recommendation recommended_keepalive(std::uint32_t servers, std::uint32_t workers,
                                     const std::optional<Load>& load = std::nullopt);

/// The most that each of `pools` upstream groups may keep so that idle connections stay below half
/// of `worker_connections`: nginx never takes idle upstream connections back for clients (seen with
/// 1.22.1 and 1.31.5). 0 where not even one fits.
std::uint32_t keepalive_within(std::uint32_t worker_connections, std::uint32_t pools);

/// The recommendation cut to a ceiling, which the reason then names; as it is if it fits.
Recommendation limited_to(Recommendation recommendation, std::uint32_t ceiling,
                          std::uint32_t worker_connections);

/// "1 server", "3 servers".
std::string counted(std::uint64_t count, const char* noun);

/// A number as people write it: "1,000", "2.5", "0.04" (three significant digits below 100).
std::string readable(double number);

}  // namespace poolproof::lint
