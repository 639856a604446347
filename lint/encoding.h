// Whether a configuration's text is UTF-8: the linter's own check, since no directive is at fault.
#pragma once

#include <optional>
#include <string_view>

#include "grammar/base/diagnostic.h"
#include "grammar/config/bound_config.h"

namespace poolproof::lint {

inline constexpr std::string_view kInvalidUtf8 = "invalid-utf8";

/// About the first bytes of the file that are not UTF-8, saying how many there are. Advice only:
/// nginx takes any bytes (1.22.1), but editors and JSON do not, and names and headers rarely mean
/// Latin-1.
std::optional<Diagnostic> invalid_utf8(const LoadedFile& file);

}  // namespace poolproof::lint
