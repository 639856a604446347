// Findings as programs read them. The field names are a promise: they are added to, never changed.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "grammar/base/diagnostic.h"
#include "grammar/base/version.h"

namespace poolproof::cli {

/// {rule, severity, message, file, line, column, end_line, end_column, versions, notes, fix}. Lines
/// and columns count from 1, columns in code points; the end is the place after the last character.
/// `versions` is null where all that were asked about are affected, `fix` where there is none.
nlohmann::json json_of(const Diagnostic& finding, const SourceMap& sources);

/// {first, last} of the versions that were asked about.
nlohmann::json json_of(VersionRange versions);

/// As text with a line break at the end; bytes that are not UTF-8 become U+FFFD.
std::string json_text(const nlohmann::json& value);

}  // namespace poolproof::cli
