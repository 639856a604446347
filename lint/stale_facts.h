// Questions of the rules about idle connections that turn out dead: which locations can meet one,
// and what their settings for retries are called. Answers only; nothing here reports anything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grammar/config/effective_config.h"

namespace poolproof::lint {

/// Locations with a pass of their own that reuse upstream connections, always or at times, so that
/// a request may meet one that the backend has closed.
std::vector<const Location*> reusing_locations(const EffectiveConfig& config);

/// "proxy_next_upstream", "fastcgi_next_upstream", ...: the setting as the location's protocol has
/// it.
std::string setting_name(const Location& location, std::string_view setting);

/// Peers that requests go to ordinarily: neither `backup` nor `down`.
std::size_t ordinary_peers(const Upstream& upstream);

}  // namespace poolproof::lint
