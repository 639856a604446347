// Forms are checked while the command line is parsed, so that a typing error is a usage error.
#include "cli/commands/config_options.h"

#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "lint/rule.h"

namespace poolproof::cli {
namespace {

std::string check_version(const std::string& text) {
  if (parse_version_range(text)) return "";
  return fmt::format("`{}` is no nginx version or range (1.22, 1.22.1, 1.18-1.28, 1.25-)", text);
}

std::string check_path_map(const std::string& text) {
  const std::size_t equals = text.find('=');
  return equals != std::string::npos && equals > 0 ? "" : fmt::format("`{}` is not FROM=TO", text);
}

std::string check_rule(const std::string& name) {
  if (lint::find_rule(name) != nullptr) return "";
  return fmt::format("there is no rule `{}`; `poolproof rules` lists them", name);
}

/// The grammar's own findings have names that no table holds: what looks like one is taken.
std::string check_name(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  return plain && !name.empty() ? "" : fmt::format("`{}` is no name of a rule", name);
}

}  // namespace

VersionRange ConfigOptions::versions() const {
  return parse_version_range(nginx_version).value_or(VersionRange{});
}

LoadOptions ConfigOptions::load() const {
  LoadOptions options;
  options.prefix = prefix;
  options.versions = versions();
  options.versions_named = !nginx_version.empty();
  for (const std::string& entry : path_map) {
    const std::size_t equals = entry.find('=');
    options.path_map.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return options;
}

lint::LintOptions ConfigOptions::lint() const {
  lint::LintOptions options;
  options.versions = versions();
  options.versions_named = !nginx_version.empty();
  options.select = select;
  options.ignore = ignore;
  return options;
}

void add_load_options(CLI::App& command, ConfigOptions& options) {
  command
      .add_option("--nginx-version", options.nginx_version,
                  "nginx that the configuration is for: 1.22, 1.22.1, 1.18-1.28, 1.25- "
                  "(default: every nginx from 1.18 to the newest)")
      ->check(CLI::Validator(check_version, "VERSION"));
  command.add_option("-p,--prefix", options.prefix,
                     "base of relative names, as nginx -p (default: the folder of the file)");
  command
      .add_option(
          "--path-map", options.path_map,
          "FROM=TO: read paths that begin with FROM at TO (a copy of another machine's files)")
      ->check(CLI::Validator(check_path_map, "FROM=TO"))
      ->allow_extra_args(false);
}

void add_rule_options(CLI::App& command, ConfigOptions& options) {
  command.add_option("--select", options.select, "only these rules, separated by commas")
      ->delimiter(',')
      ->check(CLI::Validator(check_rule, "RULE"))
      ->allow_extra_args(false);
  command.add_option("--ignore", options.ignore, "not these rules, separated by commas")
      ->delimiter(',')
      ->check(CLI::Validator(check_name, "RULE"))
      ->allow_extra_args(false);
}

void add_format_option(CLI::App& command, std::string& format) {
  command.add_option("--format", format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

}  // namespace poolproof::cli
