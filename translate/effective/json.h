// EffectiveConfig as JSON. The field names are a promise (docs/effective.schema.json): they are
// added to, never changed.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "translate/effective/settings.h"

namespace poolproof::translate::effective {

/// All of it, as text_of() writes values.
std::string config_text(const EffectiveConfig& config);
nlohmann::ordered_json location_json(const EffectiveConfig& config, const Location& location,
                                     Settings& settings);
nlohmann::ordered_json server_json(const EffectiveConfig& config, const Server& server);

/// "http", "server", "location", ...: the level that a statement stands in.
std::string_view level_of(Directive at);

/// With a line break at the end; bytes that are not UTF-8 become U+FFFD.
std::string text_of(const nlohmann::ordered_json& value);

}  // namespace poolproof::translate::effective
