// What values of options may look like. They are checked while the command line or poolproof.toml
// is read, so that a typing error is a usage error.
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/commands/config_options.h"
#include "cli/commands/size_units.h"
#include "cli/linting.h"
#include "cli/report/report.h"
#include "grammar/base/nearest.h"
#include "grammar/syntax/values.h"
#include "lint/built_in_findings.h"
#include "lint/rule.h"

namespace poolproof::cli {
namespace {

std::vector<std::string_view> rule_names() {
  std::vector<std::string_view> names;
  for (const lint::Rule& rule : lint::all_rules()) names.push_back(rule.name);
  return names;
}

std::string no_such_rule(const std::string& name, const std::vector<std::string_view>& names) {
  const std::string_view meant = nearest(name, names);
  if (meant.empty()) {
    return fmt::format("there is no rule `{}`; `poolproof rules` lists them", name);
  }
  return fmt::format("there is no rule `{}`; did you mean `{}`?", name, meant);
}

/// nginx 0.x is nothing that anybody runs, and what comes after the newest cannot be judged.
bool is_known(Version version) {
  return version.major == kNewestVersion.major && version.minor <= kNewestVersion.minor;
}

}  // namespace

std::string check_version(const std::string& text) {
  const auto range = parse_version_range(text);
  if (range && is_known(range->first) && is_known(range->last)) return "";
  if (range) {
    return fmt::format("no nginx `{}` is known here; the newest known is {}", text,
                       to_string(kNewestVersion));
  }
  return fmt::format("`{}` is no nginx version or range (1.22, 1.22.1, 1.18-1.28, 1.25-)", text);
}

std::string check_path_map(const std::string& text) {
  const std::size_t equals = text.find('=');
  const bool has_both = equals != std::string::npos && equals > 0 && equals + 1 < text.size();
  if (!has_both) return fmt::format("`{}` is not FROM=TO", text);
  if (text.starts_with('/')) return "";
  return fmt::format("`{}`: what is mapped is an absolute path, as the configuration has it", text);
}

std::string check_rule(const std::string& name) {
  if (lint::find_rule(name) != nullptr) return "";
  if (lint::find_built_in_finding(name) != nullptr) {
    return fmt::format("`{}` is no rule to be chosen: it is always reported", name);
  }
  return no_such_rule(name, rule_names());
}

std::string check_name(const std::string& name) {
  if (lint::find_rule(name) != nullptr || lint::find_built_in_finding(name) != nullptr) return "";
  std::vector<std::string_view> names = rule_names();
  for (const lint::BuiltInFinding& one : lint::built_in_findings()) names.push_back(one.name);
  return no_such_rule(name, names);
}

/// A missing include may be left out by name: it may be made where the configuration is deployed.
std::string check_ignored(const std::string& name) {
  if (tells_of_unread(name) && name != "include-not-found") {
    return fmt::format("`{}` cannot be left out: what was not read may hold anything", name);
  }
  return check_name(name);
}

std::string check_severity(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return fmt::format("`{}` is not RULE=LEVEL", text);
  const std::string level = text.substr(equals + 1);
  if (level != "error" && level != "warning" && level != "info" && level != "off") {
    return fmt::format("`{}` is no severity (error, warning, info, off)", level);
  }
  return check_ignored(text.substr(0, equals));
}

std::string check_rate(const std::string& text) {
  if (parse_rate(text)) return {};
  return fmt::format("`{}` is no rate; write requests per second, up to 1000M: 10000, 10k", text);
}

std::string check_latency(const std::string& text) {
  if (parse_latency(text)) return {};
  return fmt::format("`{}` is no time; write it with its unit, up to a day: 80ms, 0.1s", text);
}

std::string check_count(const std::string& text) {
  const auto number = parse_number(text);
  if (number && *number >= 1 && *number <= 65536) return {};
  return fmt::format("`{}` is no number from 1 to 65536", text);
}

std::string check_fail_on(const std::string& text) {
  if (text == "error" || text == "warning" || text == "info" || text == "never") return "";
  return fmt::format("`{}` is no threshold (error, warning, info, never)", text);
}

std::string check_report_format(const std::string& text) {
  if (find_report_format(text) != nullptr) return "";
  std::string names;
  for (const ReportFormat& format : report_formats()) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", format.name);
  }
  return fmt::format("`{}` is no format ({})", text, names);
}

}  // namespace poolproof::cli
