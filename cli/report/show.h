// What applies in a place of the configuration, and where it was set: for people and for programs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "cli/session.h"
#include "grammar/config/effective_config.h"
#include "lint/routes.h"
#include "translate/effective/selection.h"

namespace poolproof::cli {

struct ShownPlace {
  const Location* location = nullptr;
  /// Why nginx chooses it; empty where the place was named as it is written.
  std::vector<translate::effective::Why> why;
  /// What older nginx says of its upstream connections, where that is something else.
  std::vector<lint::RouteDifference> other_versions = {};
};

std::string show_text(const EffectiveConfig& config, const std::vector<ShownPlace>& places,
                      const TextStyle& style);

/// {query, version, places: [{why, chain, server, location, replaced, pool}]}; `location` is that
/// of `translate --to effective`, `pool` is null where nothing is passed on.
nlohmann::ordered_json show_json(const EffectiveConfig& config, std::string_view query,
                                 const std::vector<ShownPlace>& places);

}  // namespace poolproof::cli
