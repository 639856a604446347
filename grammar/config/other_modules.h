// What the catalogue cannot know: modules that are loaded and not in it, and names that the user
// has declared. Private to grammar/config.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grammar/config/bound_config.h"

namespace poolproof {

/// What may bring directives and variables that the catalogue does not have, for a message: the
/// first module there that is not in it, "a module of OpenResty" where Lua stands, the include of
/// modules that cannot be followed. Empty if nothing does.
std::string unknown_module(const BoundConfig& config);

/// Is NGINX Plus meant: does a directive stand there that no other nginx has?
bool is_for_plus(const BoundConfig& config);

/// Shell patterns as in `foo_*`.
bool matches_any(const std::vector<std::string>& patterns, std::string_view name);

}  // namespace poolproof
