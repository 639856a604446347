// The options that every command has that reads a configuration.
#pragma once

#include <string>
#include <vector>

#include "grammar/config/bound_config.h"
#include "lint/linter.h"

namespace CLI {
class App;
}

namespace poolproof::cli {

struct ConfigOptions {
  std::string nginx_version;  // as written; empty: not named
  std::string prefix;
  std::vector<std::string> path_map;  // FROM=TO
  std::vector<std::string> select, ignore;

  /// What was written, as the loader and the linter take it. The parser has checked the form.
  VersionRange versions() const;
  LoadOptions load() const;
  lint::LintOptions lint() const;
};

/// --nginx-version, --prefix, --path-map.
void add_load_options(CLI::App& command, ConfigOptions& options);

/// --select, --ignore.
void add_rule_options(CLI::App& command, ConfigOptions& options);

/// --format text|json; `format` holds the default.
void add_format_option(CLI::App& command, std::string& format);

}  // namespace poolproof::cli
