// The logs that `poolproof size` is given: opened, their format found, put in the order of their
// first lines, and read to the end.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/report/size.h"
#include "cli/session.h"
#include "lint/sizing/log_analysis.h"
#include "lint/sizing/log_guess.h"

namespace poolproof::cli {

struct LogRequest {
  std::vector<std::string> files;  // "-": standard input
  /// The text of a format, the name of one, or empty: found by looking at the lines.
  std::string format;
  std::vector<lint::NamedFormat> known_formats;
  /// `workers` is that of the command line; 0: not given.
  lint::LogOptions options;
  /// The configuration's, for logs that do not hold $pid; 0: none.
  std::uint32_t configured_workers = 0;
};

struct LogResult {
  LogFacts facts;
  std::vector<lint::GroupReport> groups;
};

/// What cannot be read is complained about, leaves Session::exit_code at kUnusable, and the rest is
/// used. Nothing where that leaves nothing to say.
std::optional<LogResult> read_logs(Session& session, const LogRequest& request);

}  // namespace poolproof::cli
