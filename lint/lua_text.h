// As much of Lua as it takes to tell code from comments and strings. Knows no nginx.
#pragma once

#include <string_view>

namespace poolproof::lint {

/// Does the name occur in the code, as a whole word outside of comments and strings (Lua 5.1,
/// section 2.1)?
bool is_named_in_lua(std::string_view code, std::string_view name);

}  // namespace poolproof::lint
