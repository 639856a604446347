// Which places reuse their upstream connections: for people and for programs.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "cli/session.h"
#include "lint/routes.h"

namespace poolproof::cli {

/// One line for each place, its reasons below it, and a summary that names the version.
std::string routes_text(const std::vector<lint::Route>& routes, const SourceMap& sources,
                        std::string_view version, const TextStyle& style);

/// An array of {server_names, listen, location, file, line, protocol, target, upstream, pooled,
/// reasons, other_versions}; `other_versions` is an array of {versions, pooled, reasons} where
/// others differ.
nlohmann::json routes_json(const std::vector<lint::Route>& routes, const SourceMap& sources);

}  // namespace poolproof::cli
