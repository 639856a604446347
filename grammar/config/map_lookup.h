// Which entry of a `map` a value selects. Knows no request and no variables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grammar/config/effective_config.h"

namespace poolproof {

/// The values (still with variables) that the map can have where its source is `source`: one,
/// unless `source` holds unknown text. Exact keys come first, without regard to case, then host
/// names with wildcards, then regular expressions in order, then the default (nginx 1.22.1,
/// ngx_http_map_find).
std::vector<std::string_view> possible_map_values(const MapVariable& map, std::string_view source);

/// The same for a source that is known, with what a regular expression caught in its place:
/// `~^(?<name>.+)\.internal$ $name;`.
std::string map_value_with_groups(const MapVariable& map, std::string_view source,
                                  std::string_view value);

}  // namespace poolproof
