// JSON text of bytes that need not be UTF-8. It is pure ASCII: a byte outside of any valid UTF-8
// sequence is written as the lone surrogate U+DC00 + byte ("\udc80" to "\udcff"), as Python's
// "surrogateescape" has it, and read back as that byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "grammar/base/result.h"

namespace poolproof::translate::crossplane {

/// Without `indent` compact, else one value for each line with so many blanks for each level; ends
/// with a line break.
std::string to_text(const nlohmann::ordered_json& value, std::optional<unsigned> indent = {});

/// The Error tells the place. Any depth of nesting is read.
Result<nlohmann::json> from_text(std::string_view text);

}  // namespace poolproof::translate::crossplane
