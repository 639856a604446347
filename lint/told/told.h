// What the user says and no configuration shows: the load, how many nginx instances share it, and
// beside servers of upstreams what stands behind them. Rules that need it stay quiet without it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "lint/sizing/theory.h"

namespace poolproof::lint {

struct Told {
  std::optional<double> requests_per_second;  // towards one upstream group, of all instances
  std::optional<double> latency_seconds;      // that a request occupies its upstream connection
  std::uint32_t instances = 1;                // machines or containers with this configuration
  std::optional<std::uint32_t> workers;       // of each, where the configuration says `auto`

  /// What reaches one instance; nothing if rate or latency is not told.
  std::optional<Load> load() const {
    if (!requests_per_second || !latency_seconds) return std::nullopt;
    return Load{*requests_per_second / instances, *latency_seconds};
  }
};

}  // namespace poolproof::lint
