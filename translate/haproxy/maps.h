// nginx's `map` as rules that note down a value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "translate/haproxy/rule.h"

namespace poolproof::translate::haproxy {

/// The sample with the value of a mapped variable; tells of what cannot be said once.
std::optional<std::string> map_sample(Shared& shared, std::string_view name);

}  // namespace poolproof::translate::haproxy
