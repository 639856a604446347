// The two directions of `poolproof translate` that are about the text of a configuration and not
// about its meaning: crossplane's JSON payload, and the files back from it.
#pragma once

#include <string>
#include <vector>

#include "grammar/config/bound_config.h"

namespace CLI {
class App;
}

namespace poolproof::cli {

struct Session;

/// What `crossplane parse` and `crossplane build` take, under the same names.
struct JsonArguments {
  bool combine = false, include_comments = false, single_file = false, strict = false;
  std::vector<std::string> ignore;
  unsigned indent = 0;  // 0: as compact as it goes (JSON), 4 (files)
  bool tabs = false, force = false;
};

void add_json_options(CLI::App& command, JsonArguments& arguments);

/// --to json. Exit status 0 also where the payload says "failed", as crossplane has it.
void translate_to_json(Session& session, const std::string& path, LoadOptions load,
                       const JsonArguments& arguments);

/// --from json --to nginx. Files go below `directory`; without one a single file is printed.
void translate_from_json(Session& session, const std::string& path, const std::string& directory,
                         const JsonArguments& arguments);

}  // namespace poolproof::cli
