// The clients of the demo: a closed loop of keep-alive connections, each with one request under
// way.
#pragma once

#include <cstdint>
#include <functional>

namespace poolproof::cli::demo {

struct LoadOptions {
  std::uint16_t port = 0;
  int connections = 64;
  std::uint64_t requests = 20'000;
  /// The load ends after this time even if not all requests were answered.
  double max_seconds = 10;
  /// Called about ten times a second with the share that is done (0 to 1).
  std::function<void(double)> progress;
};

struct LoadResult {
  std::uint64_t answered = 0;  // with status 200
  std::uint64_t failed = 0;    // another status, or the connection broke
  double seconds = 0;
  double p50_ms = 0, p99_ms = 0;
};

LoadResult run_load(const LoadOptions& options);

}  // namespace poolproof::cli::demo
