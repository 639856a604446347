// One run of the demo: origin, proxy and load together, and what was counted meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "cli/demo/load.h"
#include "grammar/base/result.h"

namespace poolproof::cli::demo {

struct Measurement {
  LoadResult load;
  std::uint64_t upstream_connections = 0;  // that the origin accepted
  std::uint64_t time_wait = 0;             // sockets of the origin's port left in TIME_WAIT
  double cpu_us_per_request = 0;           // user and system time of the proxy
};

struct MeasureOptions {
  std::string folder;  // holds the configuration and the log
  std::string config_file;
  std::string nginx_version;  // that the proxy behaves as
  std::uint16_t listen_port = 0;
  std::uint64_t requests = 20'000;
  std::function<void(double)> progress;
};

class Origin;

/// Starts the proxy on the configuration, sends the load, ends the proxy. An Error with the proxy's
/// own words if it does not come up.
Result<Measurement> measure(Origin& origin, const MeasureOptions& options);

}  // namespace poolproof::cli::demo
