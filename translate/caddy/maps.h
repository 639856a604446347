// nginx's `map` as Caddy's.
#pragma once

#include <optional>
#include <string_view>

#include "translate/caddy/expression.h"

namespace poolproof::translate::caddy {

/// Tells of what cannot be said once: the variable then has no value.
std::optional<Text> map_value(Shared& shared, std::string_view name);

}  // namespace poolproof::translate::caddy
