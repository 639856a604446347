// The pieces that the JSON of servers, locations and upstreams is made of.
#pragma once

#include <nlohmann/json.hpp>

#include "translate/effective/settings.h"

namespace poolproof::translate::effective {

/// "file" and "line" of a statement; null for what nobody wrote.
void add_place(nlohmann::ordered_json& out, const EffectiveConfig& config, Directive at);

/// {value, origin, file, line}
nlohmann::ordered_json setting_json(const EffectiveConfig& config, nlohmann::ordered_json value,
                                    const Origin& origin);
nlohmann::ordered_json settings_json(const EffectiveConfig& config,
                                     const std::vector<AppliedSetting>& settings);
nlohmann::ordered_json upstream_json(const EffectiveConfig& config, const Upstream& upstream,
                                     Settings& settings);

std::string_view name_of(OriginKind kind);
std::string_view name_of(LocationKind kind);
std::string_view name_of(ServerNameKind kind);
std::string_view name_of(MapKind kind);
std::string_view name_of(HttpVersion version);
std::string_view name_of(Balancer balancer);

}  // namespace poolproof::translate::effective
