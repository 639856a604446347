// What `poolproof size` was asked, and how the answer is put together: for each upstream its load,
// its curve, what is recommended and what is there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands/config_options.h"
#include "cli/commands/size_config.h"
#include "cli/commands/size_log.h"
#include "cli/report/size.h"

namespace poolproof::cli {

/// As written on the command line.
struct SizeArguments {
  std::string path;  // of the configuration
  ConfigOptions config;
  std::string upstream;
  std::string qps, latency, batch;
  std::uint32_t servers = 0, workers = 0;  // 0: not given
  std::optional<std::uint32_t> keepalive;
  std::vector<std::uint32_t> sizes;
  std::vector<std::string> access_logs;
  std::string log_format;
  std::string steps;
  std::string format = "text";
  std::string html;

  /// Nothing where no --qps was given. The parser has checked the form.
  std::optional<lint::Load> load() const;
};

/// What to read from the logs; `sizing` may be null.
LogRequest log_request(const ConfiguredSizing* sizing, const SizeArguments& arguments);

SizeReport report_by_log(LogResult result, const ConfiguredSizing* sizing,
                         const SizeArguments& arguments);

/// By --qps and --latency where they are given, else by the number of servers.
SizeReport report_by_load(const ConfiguredSizing* sizing, const SizeArguments& arguments);

}  // namespace poolproof::cli
