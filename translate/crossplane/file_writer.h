// The text of one file from its statements.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "translate/crossplane/build.h"

namespace poolproof::translate::crossplane {

/// `place` is where `parsed` stands in the payload, for messages.
Result<std::string> write_statements(const nlohmann::json& parsed, const std::string& place,
                                     const BuildOptions& options);

}  // namespace poolproof::translate::crossplane
