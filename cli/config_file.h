// poolproof.toml: what a team has decided about its configurations, beside them. Only
// config_file.cpp knows TOML.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "grammar/base/file_reader.h"
#include "grammar/base/result.h"

namespace poolproof::cli {

inline constexpr const char* kConfigFileName = "poolproof.toml";

/// What is told of the load, as written; empty: not told.
struct ToldTexts {
  std::string qps, latency, instances, workers;
};

/// All values are as the command line would have them; their form was checked. Relative paths have
/// the file's folder before them.
struct ConfigFile {
  std::string folder;  // as it was named; "." for a file in the working folder
  std::string nginx_version, prefix, fail_on, format, baseline;
  std::vector<std::string> path_map;  // FROM=TO
  std::vector<std::string> select, ignore;
  std::vector<std::string> known_directives, known_variables;  // patterns, as fnmatch has them
  /// Pattern (as fnmatch has them, relative to the folder) and the rules that are left out there.
  std::vector<std::pair<std::string, std::vector<std::string>>> per_file_ignores;
  std::map<std::string, std::string> severity;  // RULE -> LEVEL or "off"
  ToldTexts load;                               // of [load]
};

/// An Error, "poolproof.toml:3: unknown key `ignroe`; did you mean `ignore`?", for what is no TOML,
/// an unknown key, and a value of the wrong kind or form.
Result<ConfigFile> load_config_file(FileReader& reader, const std::string& path);

/// poolproof.toml in the nearest folder above a path (a file or folder, "-" for standard input).
std::optional<std::string> find_config_file(const std::string& path);

}  // namespace poolproof::cli
