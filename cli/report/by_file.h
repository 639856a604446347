// Findings grouped by the file that they are in, for formats that are laid out so.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/report/report.h"

namespace poolproof::cli {

using FindingsByFile = std::map<std::string, std::vector<const Reported*>>;

/// Every file of the run, also those without findings; findings in the report's order.
inline FindingsByFile by_file(const LintReport& report) {
  FindingsByFile out;
  for (const std::string& file : report.files) out[file];
  for (const Reported& reported : report.findings) out[reported.path()].push_back(&reported);
  return out;
}

}  // namespace poolproof::cli
