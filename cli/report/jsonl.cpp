// One JSON object per finding and line, with the fields of the `json` format's `diagnostics`.
#include <nlohmann/json.hpp>

#include "cli/report/json.h"
#include "cli/report/report.h"

namespace poolproof::cli {

std::string jsonl_report(const LintReport& report, const TextStyle&) {
  std::string out;
  for (const Reported& reported : report.findings) {
    nlohmann::json value = json_of(reported.finding, *reported.sources);
    value["fingerprint"] = reported.fingerprint;
    out += value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  }
  return out;
}

}  // namespace poolproof::cli
