// Unified diffs, as `git apply` and `patch -p1` take them.
#pragma once

#include <string>
#include <string_view>

namespace poolproof {

/// The patch from `before` to `after`, with three lines of context and the header lines
/// `--- a/PATH` and `+++ b/PATH`; "\ No newline at end of file" where it applies. Empty if equal.
std::string unified_diff(std::string_view path, std::string_view before, std::string_view after);

}  // namespace poolproof
