// What `poolproof size` takes from a configuration: upstream groups with their servers and limits,
// workers, and the log formats.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "grammar/config/effective_config.h"
#include "lint/sizing/log_analysis.h"
#include "lint/sizing/log_guess.h"

namespace poolproof::cli {

struct ConfiguredGroup {
  lint::KnownGroup known;     // with addresses that a log can name
  std::uint32_t servers = 1;  // that get requests: not down, not backup
  std::uint32_t keepalive = 0;
  std::string keepalive_origin;  // "FILE:LINE", or "default of nginx VERSION"
  /// Locations whose connections are not shared (`keepalive N local`, 1.29.7+); 1: all are.
  std::size_t parts = 1;
  /// Why no location that passes to it could keep a connection, whatever the pool; empty if one
  /// could, or if nothing passes to it.
  std::string no_pool;
};

struct ConfiguredSizing {
  std::vector<ConfiguredGroup> groups;
  std::uint32_t workers = 1;
  bool workers_are_auto = false;
  std::uint32_t worker_connections = 512;  // nginx's default
  std::vector<lint::NamedFormat> log_formats;
};

/// `processors` stands for `worker_processes auto`.
ConfiguredSizing configured_sizing(const EffectiveConfig& config, unsigned processors);

}  // namespace poolproof::cli
