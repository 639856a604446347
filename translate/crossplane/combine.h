// `crossplane parse --combine`: the statements of all files in one list, in the order in which
// nginx reads them.
#pragma once

#include <vector>

#include "translate/crossplane/file_statements.h"

namespace poolproof::translate::crossplane {

/// `files` by their numbers, of which the first is the main file. What is wrong with the whole is
/// added to `errors`.
std::vector<nlohmann::ordered_json> combine(const std::vector<FileStatements>& files,
                                            std::vector<FoundError>& errors);

}  // namespace poolproof::translate::crossplane
