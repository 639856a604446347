// Does a text match a pattern of the configuration? For maps and conditions, asked a few times a
// run.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace poolproof {

/// False also where the pattern is none (that is reported elsewhere).
bool regex_matches(std::string_view pattern, std::string_view text, bool no_case);

/// How many groups capture; 0 where the pattern is none.
std::size_t regex_captures(std::string_view pattern);

/// What the groups caught, by number ("1" to "9") and by name; empty where nothing matches.
std::vector<std::pair<std::string, std::string>> regex_groups(std::string_view pattern,
                                                              std::string_view text, bool no_case);

}  // namespace poolproof
