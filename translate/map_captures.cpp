// A map counts only if it compares expressions, or asks another that does.
#include "translate/map_captures.h"

#include <algorithm>

#include "grammar/syntax/values.h"

namespace poolproof::translate {
namespace {

bool is_capture(std::string_view variable) {
  return variable.size() == 1 && variable[0] >= '1' && variable[0] <= '9';
}

}  // namespace

void MapCaptures::begin() {
  maps_.clear();
  capture_at_ = {};
}

std::optional<TakenCapture> MapCaptures::see(std::string_view variable, Phase phase, Directive at) {
  if (is_capture(variable)) {
    if (!maps_.empty() && maps_.begin()->first <= phase) {
      return TakenCapture{at, maps_.begin()->second};
    }
    if (phase == Phase::kRequest) capture_at_ = at;
    return std::nullopt;
  }
  if (maps_.contains(phase) || !asks_expressions(variable)) return std::nullopt;
  maps_.emplace(phase, variable);
  if (phase != Phase::kRequest || !capture_at_) return std::nullopt;
  return TakenCapture{capture_at_, variable};
}

bool MapCaptures::asks_expressions(std::string_view variable) {
  const MapVariable* map = config_.find_map(variable);
  if (map == nullptr) return false;
  // Entered first: maps may need each other.
  const auto [known, is_new] = known_.try_emplace(map->name, false);
  if (!is_new) return known->second;
  const auto asks = [this](std::string_view text) {
    const auto pieces = split_variables(text);
    return pieces && std::any_of(pieces->begin(), pieces->end(), [this](const TextPiece& each) {
             return each.is_variable && asks_expressions(each.text);
           });
  };
  const bool out = asks(map->source) || (map->fallback && asks(map->fallback->value)) ||
                   std::any_of(map->entries.begin(), map->entries.end(), [&](const MapEntry& each) {
                     return each.regex || asks(each.value);
                   });
  known_[map->name] = out;
  return out;
}

}  // namespace poolproof::translate
