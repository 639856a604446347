// See config_options.h.
#include "cli/commands/config_options.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <fnmatch.h>
#include <CLI/CLI.hpp>

#include "cli/commands/size_units.h"
#include "grammar/syntax/values.h"

namespace poolproof::cli {
namespace {

namespace fs = std::filesystem;

Severity severity_named(std::string_view name) {
  if (name == "error") return Severity::kError;
  return name == "warning" ? Severity::kWarning : Severity::kInfo;
}

/// RULE=LEVEL taken apart.
std::pair<std::string, std::string> split(const std::string& text) {
  const std::size_t equals = text.find('=');
  return {text.substr(0, equals), text.substr(equals + 1)};
}

/// poolproof.toml's patterns are relative to its folder; one without a slash fits in every folder.
bool matches(const std::string& pattern, const fs::path& folder, std::string_view path) {
  std::error_code failed;
  const fs::path absolute = fs::absolute(path, failed).lexically_normal();
  if (failed) return false;
  const std::string relative = absolute.lexically_relative(folder).string();
  if (::fnmatch(pattern.c_str(), relative.c_str(), FNM_PATHNAME) == 0) return true;
  return pattern.find('/') == std::string::npos &&
         ::fnmatch(pattern.c_str(), absolute.filename().c_str(), 0) == 0;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void prefer(std::string& written, const std::string& otherwise) {
  if (written.empty()) written = otherwise;
}

/// The command line goes before the file; lists that leave out are joined.
void merge_file(ConfigOptions& options) {
  const ConfigFile& file = options.file;
  prefer(options.nginx_version, file.nginx_version);
  prefer(options.prefix, file.prefix);
  prefer(options.fail_on, file.fail_on.empty() ? "warning" : file.fail_on);
  prefer(options.format, file.format.empty() ? "text" : file.format);
  prefer(options.baseline, file.baseline);
  prefer(options.load_told.qps, file.load.qps);
  prefer(options.load_told.latency, file.load.latency);
  prefer(options.load_told.instances, file.load.instances);
  prefer(options.load_told.workers, file.load.workers);
  options.path_map.insert(options.path_map.end(), file.path_map.begin(), file.path_map.end());
  if (options.select.empty()) options.select = file.select;
  options.ignore.insert(options.ignore.end(), file.ignore.begin(), file.ignore.end());
  std::vector<std::string> levels;
  for (const auto& [rule, level] : file.severity) levels.push_back(rule + "=" + level);
  options.severity.insert(options.severity.begin(), levels.begin(), levels.end());
}

PathMap path_map_of(const std::vector<std::string>& entries) {
  PathMap map;
  for (const std::string& entry : entries) map.push_back(split(entry));
  return map;
}

/// Where a path of the command line is read: mapped as those in the files are, unless it lies in
/// the copy already.
std::string located(const PathMap& map, const std::string& path) {
  std::error_code failed;
  const auto lies_below = [&](const std::string& folder) {
    const fs::path below = fs::path(path).lexically_normal().lexically_relative(
        fs::absolute(folder, failed).lexically_normal());
    return !below.empty() && *below.begin() != "..";
  };
  if (!path.starts_with('/')) return path;
  const bool is_there = std::any_of(map.begin(), map.end(),
                                    [&](const auto& entry) { return lies_below(entry.second); });
  return is_there ? path : mapped_path(map, path);
}

/// The one file that applies to all the paths; empty if none does.
Result<std::string> config_file_for(const ConfigOptions& options,
                                    const std::vector<std::string>& paths) {
  if (!options.config_path.empty()) return options.config_path;
  if (options.isolated || paths.empty()) return std::string();
  const std::string first = find_config_file(paths.front()).value_or("");
  for (const std::string& path : paths) {
    const std::string other = find_config_file(path).value_or("");
    if (other == first) continue;
    return Error{
        fmt::format("`{}` is subject to {} and `{}` to {}: name one with --config, or "
                    "lint them one by one",
                    paths.front(), first.empty() ? "no poolproof.toml" : first, path,
                    other.empty() ? "none" : other)};
  }
  return first;
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
  options.path_map = path_map_of(path_map);
  options.known_directives = file.known_directives;
  options.known_variables = file.known_variables;
  return options;
}

lint::Told ConfigOptions::told() const {
  lint::Told told;
  told.requests_per_second = parse_rate(load_told.qps);
  told.latency_seconds = parse_latency(load_told.latency);
  const auto count = [](const std::string& text) {
    const auto number = parse_number(text);
    return number ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
  };
  told.instances = count(load_told.instances).value_or(1);
  told.workers = count(load_told.workers);
  return told;
}

lint::LintOptions ConfigOptions::lint() const {
  lint::LintOptions options;
  options.told = told();
  options.versions = versions();
  options.versions_named = !nginx_version.empty();
  if (!upgrade_from.empty()) {
    options.upgrade_from = parse_version_range(upgrade_from).value_or(VersionRange{}).last;
    // What an upgrade changes is a question about the version that it ends at.
    options.versions.first = options.versions.last;
  }
  options.select = select;
  options.ignore = ignore;
  std::map<std::string, std::string> last;
  for (const std::string& entry : severity)
    last.insert_or_assign(split(entry).first, split(entry).second);
  for (const auto& [rule, level] : last) {
    if (level == "off") options.ignore.push_back(rule);
  }
  if (file.per_file_ignores.empty()) return options;
  std::error_code failed;
  const fs::path folder = fs::absolute(file.folder, failed).lexically_normal();
  options.is_ignored = [ignores = file.per_file_ignores, folder](std::string_view path,
                                                                 std::string_view rule) {
    return std::any_of(ignores.begin(), ignores.end(), [&](const auto& entry) {
      return contains(entry.second, rule) && matches(entry.first, folder, path);
    });
  };
  return options;
}

std::map<std::string, Severity> ConfigOptions::severities() const {
  std::map<std::string, Severity> out;
  for (const std::string& entry : severity) {
    const auto [rule, level] = split(entry);
    out[rule] = severity_named(level);
  }
  return out;
}

std::optional<Severity> ConfigOptions::threshold() const {
  if (fail_on == "never") return std::nullopt;
  return severity_named(fail_on);
}

void add_load_options(CLI::App& command, ConfigOptions& options) {
  command
      .add_option("--nginx-version", options.nginx_version,
                  "nginx that the configuration is for: 1.22, 1.22.1, 1.18-1.28, 1.25- "
                  "(default: every nginx from 1.18 to the newest)")
      ->check(CLI::Validator(check_version, "VERSION"));
  command
      .add_option("-p,--prefix", options.prefix,
                  "base of relative names, as nginx -p (default: the folder of the file)")
      ->type_name("DIR");
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
      ->check(CLI::Validator(check_ignored, "RULE"))
      ->allow_extra_args(false);
}

void add_told_options(CLI::App& command, ConfigOptions& options) {
  command
      .add_option("--qps", options.load_told.qps,
                  "requests per second towards an upstream, of all instances: 10000, 10k")
      ->check(CLI::Validator(check_rate, "RATE"));
  command
      .add_option("--latency", options.load_told.latency,
                  "time that a request occupies its upstream connection: 80ms, 0.1s")
      ->check(CLI::Validator(check_latency, "TIME"));
  command
      .add_option("--instances", options.load_told.instances,
                  "machines or containers that run this configuration (default: 1)")
      ->check(CLI::Validator(check_count, "NUMBER"));
  command
      .add_option("--workers", options.load_told.workers,
                  "what `worker_processes auto` means there")
      ->check(CLI::Validator(check_count, "NUMBER"));
}

void add_upgrade_option(CLI::App& command, ConfigOptions& options) {
  command
      .add_option("--upgrade-from", options.upgrade_from,
                  "say what an upgrade from that nginx to --nginx-version (or the newest) changes")
      ->check(CLI::Validator(check_version, "VERSION"));
}

void add_severity_option(CLI::App& command, ConfigOptions& options) {
  command
      .add_option("--severity", options.severity,
                  "RULE=error|warning|info|off: another severity for a rule")
      ->delimiter(',')
      ->check(CLI::Validator(check_severity, "RULE=LEVEL"))
      ->allow_extra_args(false);
}

void add_config_file_options(CLI::App& command, ConfigOptions& options) {
  CLI::Option* config =
      command
          .add_option("--config", options.config_path,
                      "settings (default: poolproof.toml in the nearest folder above PATH)")
          ->type_name("FILE");
  command.add_flag("--isolated", options.isolated, "read no poolproof.toml")->excludes(config);
}

void add_format_option(CLI::App& command, std::string& format) {
  command.add_option("--format", format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

void add_baseline_option(CLI::App& command, ConfigOptions& options) {
  command.add_option("--baseline", options.baseline, "leave out the findings that this file holds")
      ->type_name("FILE");
}

bool read_baseline(Session& session, const ConfigOptions& options,
                   std::optional<ReadBaseline>& out) {
  const std::string& path = options.baseline;
  if (path.empty()) return true;
  const auto refuse = [&](std::string_view message) {
    complain(session, fmt::format("{}: {}", path, message));
    session.exit_code = ExitCode::kUnusable;
    return false;
  };
  const auto bytes = session.reader.read(path);
  if (!bytes) return refuse(fmt::format("cannot read this: {}", bytes.error().message));
  auto baseline = parse_baseline(bytes.value());
  if (!baseline) return refuse(baseline.error().message);
  out = std::move(baseline).value();
  return true;
}

bool read_config_file(Session& session, ConfigOptions& options, std::vector<std::string>& paths) {
  const PathMap named = path_map_of(options.path_map);
  std::vector<std::string> begins;
  for (const std::string& path : paths) begins.push_back(located(named, path));
  const auto path = config_file_for(options, begins);
  const auto refuse = [&session](const std::string& message) {
    complain(session, message);
    session.exit_code = ExitCode::kUnusable;
    return false;
  };
  if (!path) return refuse(path.error().message);
  if (!path.value().empty()) {
    auto file = load_config_file(session.reader, path.value());
    if (!file) return refuse(file.error().message);
    options.file = std::move(file).value();
  }
  merge_file(options);
  const PathMap map = path_map_of(options.path_map);
  for (std::string& each : paths) each = located(map, each);
  options.prefix = located(map, options.prefix);
  return true;
}

bool read_config_file(Session& session, ConfigOptions& options, std::string& path) {
  std::vector<std::string> paths{path};
  const bool is_read = read_config_file(session, options, paths);
  path = paths.front();
  return is_read;
}

}  // namespace poolproof::cli
