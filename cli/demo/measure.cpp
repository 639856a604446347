// Counts are differences, so that one origin serves both runs.
#include "cli/demo/measure.h"

#include <fstream>
#include <iterator>

#include "cli/demo/origin.h"
#include "cli/demo/process.h"
#include "cli/demo/sockets.h"

namespace poolproof::cli::demo {
namespace {

std::string text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

Result<Measurement> measure(Origin& origin, const MeasureOptions& options) {
  const std::string log = options.folder + "/proxy.log";
  ChildProcess proxy;
  const bool started =
      proxy.start({"run", "--no-lint", "--nginx-version", options.nginx_version, "-p",
                   options.folder, "-e", options.folder + "/error.log", "-c", options.config_file},
                  log);
  if (!started || !wait_for_listener(options.listen_port, 5'000)) {
    return Error{"the proxy did not come up: " + text_of_file(log)};
  }

  const std::uint64_t connections = origin.connections();
  const std::uint64_t waiting = count_time_wait(origin.port());
  const double cpu = proxy.cpu_microseconds();
  Measurement result;
  result.load = run_load({.port = options.listen_port,
                          .connections = 64,
                          .requests = options.requests,
                          .max_seconds = 10,
                          .progress = options.progress});
  if (result.load.answered == 0) return Error{"no request was answered: " + text_of_file(log)};
  result.cpu_us_per_request =
      (proxy.cpu_microseconds() - cpu) / static_cast<double>(result.load.answered);
  result.upstream_connections = origin.connections() - connections;
  const std::uint64_t now_waiting = count_time_wait(origin.port());
  result.time_wait = now_waiting > waiting ? now_waiting - waiting : 0;
  return result;
}

}  // namespace poolproof::cli::demo
