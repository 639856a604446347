// The statements of one file as crossplane lists them, from its tokens in one pass.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "grammar/config/bound_config.h"
#include "translate/crossplane/files.h"
#include "translate/crossplane/payload.h"

namespace poolproof::translate::crossplane {

struct FoundError {
  std::string error;
  std::optional<std::uint32_t> line;
};

struct FileStatements {
  std::vector<nlohmann::ordered_json> parsed;  // empty after an error that hides where blocks end
  std::vector<FoundError> errors;
};

/// `file` must have been read; what it includes gets numbers.
FileStatements read_statements(const BoundConfig& config, const PayloadOptions& options,
                               const Places& places, const IncludedFile& file,
                               FileNumbers& numbers);

}  // namespace poolproof::translate::crossplane
