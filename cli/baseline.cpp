// See baseline.h.
#include "cli/baseline.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/report/fingerprint.h"

namespace poolproof::cli {
namespace {

using nlohmann::json;

/// The member if it is a text; empty otherwise.
std::string text_of_member(const json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

bool is_baseline(const json& value) {
  return value.is_object() && value.contains("poolproof_baseline") && value.contains("findings") &&
         value["findings"].is_array();
}

}  // namespace

Result<ReadBaseline> parse_baseline(std::string_view text) {
  const json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) return Error{"this is no JSON"};
  if (!is_baseline(value)) return Error{"this is no baseline of poolproof"};
  ReadBaseline out;
  const json& version = value["poolproof_baseline"];
  if (version.is_number_integer()) out.version = version.get<int>();
  if (out.version < 1 || out.version > kFingerprintVersion) {
    return Error{"this baseline was written by another version of poolproof"};
  }
  for (const json& entry : value["findings"]) {
    const std::string name = entry.is_object() ? text_of_member(entry, "fingerprint") : "";
    if (name.empty()) return Error{"an entry of this baseline has no fingerprint"};
    out.entries[name] = {text_of_member(entry, "rule"), text_of_member(entry, "file")};
  }
  return out;
}

std::string baseline_text(const Baseline& baseline) {
  std::vector<std::tuple<std::string_view, std::string_view, std::string_view>> rows;
  for (const auto& [name, entry] : baseline) rows.emplace_back(entry.file, entry.rule, name);
  std::sort(rows.begin(), rows.end());
  std::string out =
      fmt::format("{{\"poolproof_baseline\": {}, \"findings\": [", kFingerprintVersion);
  std::string_view separator = "\n";
  for (const auto& [file, rule, name] : rows) {
    out += separator;
    out += json{{"file", file}, {"rule", rule}, {"fingerprint", name}}.dump(
        -1, ' ', false, json::error_handler_t::replace);
    separator = ",\n";
  }
  return out + (rows.empty() ? "]}\n" : "\n]}\n");
}

}  // namespace poolproof::cli
