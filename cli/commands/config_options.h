// The options that every command has that reads a configuration, and the checks of their forms,
// which poolproof.toml shares.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/baseline.h"
#include "cli/config_file.h"
#include "cli/session.h"
#include "grammar/base/diagnostic.h"
#include "grammar/config/bound_config.h"
#include "lint/linter.h"

namespace CLI {
class App;
}

namespace poolproof::cli {

/// As written; empty: not named. read_config_file() fills in what only poolproof.toml names, and
/// the defaults.
struct ConfigOptions {
  std::string nginx_version;
  std::string prefix;
  std::vector<std::string> path_map;  // FROM=TO
  std::vector<std::string> select, ignore;
  std::vector<std::string> severity;  // RULE=LEVEL
  std::string format, fail_on, baseline;
  std::string upgrade_from;  // --upgrade-from
  ToldTexts load_told;       // --qps, --latency, --instances, --workers
  std::string config_path;   // --config
  bool isolated = false;
  ConfigFile file;

  /// What was written, as the loader and the linter take it. The parser has checked the form.
  VersionRange versions() const;
  LoadOptions load() const;
  lint::LintOptions lint() const;
  lint::Told told() const;
  /// Severities that replace a rule's own; `off` is in lint().ignore.
  std::map<std::string, Severity> severities() const;
  /// The severity from which on findings fail; nothing for `never`.
  std::optional<Severity> threshold() const;
};

/// --nginx-version, --prefix, --path-map.
void add_load_options(CLI::App& command, ConfigOptions& options);

/// --select, --ignore.
void add_rule_options(CLI::App& command, ConfigOptions& options);

/// --qps, --latency, --instances, --workers.
void add_told_options(CLI::App& command, ConfigOptions& options);

/// --upgrade-from.
void add_upgrade_option(CLI::App& command, ConfigOptions& options);

/// --severity.
void add_severity_option(CLI::App& command, ConfigOptions& options);

/// --config, --isolated.
void add_config_file_options(CLI::App& command, ConfigOptions& options);

/// --format text|json; `format` holds the default.
void add_format_option(CLI::App& command, std::string& format);

/// --baseline.
void add_baseline_option(CLI::App& command, ConfigOptions& options);

/// The baseline that is named, if one is. False if it cannot be read: said, and exit code set.
bool read_baseline(Session& session, const ConfigOptions& options,
                   std::optional<ReadBaseline>& out);

/// Reads the poolproof.toml that applies to the paths, if there is one; what the command line named
/// goes before it. False if it is wrong or the paths have different ones: said, and exit code set.
/// The paths, and the prefix, are then where path-map has them.
bool read_config_file(Session& session, ConfigOptions& options, std::vector<std::string>& paths);
bool read_config_file(Session& session, ConfigOptions& options, std::string& path);

/// What is wrong with a value; empty if nothing is.
std::string check_version(const std::string& text);
std::string check_path_map(const std::string& text);
std::string check_rule(const std::string& name);
std::string check_name(const std::string& name);  // also of findings that are no rules
std::string check_ignored(const std::string& name);
std::string check_severity(const std::string& text);  // RULE=LEVEL
std::string check_rate(const std::string& text);      // per second
std::string check_latency(const std::string& text);   // with its unit
std::string check_count(const std::string& text);     // 1 to 65536
std::string check_fail_on(const std::string& text);
std::string check_report_format(const std::string& text);

}  // namespace poolproof::cli
