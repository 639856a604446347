// nginx's flags and what they mean: which file, which prefix, which version.
#pragma once

#include <string>

#include "grammar/base/version.h"
#include "grammar/config/bound_config.h"

namespace CLI {
class App;
}

namespace poolproof::cli {

struct RunOptions {
  std::string prefix;             // -p
  std::string file;               // -c
  std::string error_log;          // -e
  std::string global_directives;  // -g
  std::string nginx_version;
  bool test_only = false;  // -t
  bool quiet = false;      // -q
  bool allow_unsupported = false;
  bool no_lint = false;

  Version version() const;
  /// -c, relative to -p as nginx has it; by default conf/nginx.conf below -p, or Debian's file.
  std::string main_file() const;
  /// -p, else the folder of the main file; absolute, ending in "/".
  std::string folder_of_relative_names() const;
  /// `error_log` for what -e says.
  std::string error_log_directive() const;
  LoadOptions load() const;
};

void add_run_options(CLI::App& command, RunOptions& options);

}  // namespace poolproof::cli
