// The way back: a payload as `crossplane parse` prints it, to the files that it was made from.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "grammar/base/result.h"

namespace poolproof::translate::crossplane {

enum class Indentation { kBlanks, kTabs };

struct BuildOptions {
  Indentation indentation = Indentation::kBlanks;
  unsigned blanks = 4;  // for each level
};

struct BuiltFile {
  std::string path;  // relative to the folder that is written to, and inside of it
  std::string text;
  /// False if the payload says "failed": what was wrong is not in it, so it is not in `text`.
  bool complete = true;
};

/// Files in the order of the payload, each once. An absolute name loses its leading slash. An Error
/// names the place in the payload: something of the wrong type, a name that leaves the folder, or
/// what no file of nginx can say. Strings are bytes as from_text() gives them.
Result<std::vector<BuiltFile>> build(const nlohmann::json& payload, const BuildOptions& options);

}  // namespace poolproof::translate::crossplane
