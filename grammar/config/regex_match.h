// Does a text match a pattern of the configuration? For maps and conditions, asked a few times a
// run.
#pragma once

#include <string_view>

namespace poolproof {

/// False also where the pattern is none (that is reported elsewhere).
bool regex_matches(std::string_view pattern, std::string_view text, bool no_case);

}  // namespace poolproof
