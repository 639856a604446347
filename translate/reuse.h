// Does nginx keep the connections that a location used?
#pragma once

#include "grammar/config/effective_config.h"

namespace poolproof::translate {

enum class Keeps { kAlways, kNever, kDepends };

/// For a location that passes to a known upstream; kDepends: on what the client sends.
Keeps keeps_connections(const EffectiveConfig& config, const Location& location);

bool same_name(std::string_view a, std::string_view b);
bool has_token(std::string_view list, std::string_view token);

/// Does an Upgrade that the client asks for reach the upstream?
bool passes_upgrade(const EffectiveConfig& config, const Location& location);

}  // namespace poolproof::translate
