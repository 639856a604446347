// The same for programs.
#include <nlohmann/json.hpp>

#include "cli/report/show.h"
#include "lint/reuse_answers.h"
#include "translate/effective/json.h"
#include "translate/effective/json_parts.h"

namespace poolproof::cli {
namespace {

using Json = nlohmann::ordered_json;
namespace effective = translate::effective;

Json verdict_json(const SourceMap& sources, const lint::ReuseVerdict& verdict) {
  Json reasons = Json::array();
  for (const lint::ReuseReason& reason : verdict.reasons) {
    const bool has_place = reason.span.file != FileId::kNone;
    reasons.push_back({{"rule", reason.rule},
                       {"message", reason.message},
                       {"file", has_place ? Json(sources[reason.span.file].path()) : Json()},
                       {"line", has_place ? Json(sources.position(reason.span).line) : Json()}});
  }
  return {{"pooled", to_string(verdict.pooled)}, {"reasons", std::move(reasons)}};
}

Json pool_json(const EffectiveConfig& config, const ShownPlace& place) {
  const Location& location = *place.location;
  if (!location.pass || location.kind == LocationKind::kServerLevel) return {};
  const SourceMap& sources = config.bound().sources();
  Json out = verdict_json(sources, lint::ReuseAnswers(config).of(location));
  out["other_versions"] = Json::array();
  for (const lint::RouteDifference& other : place.other_versions) {
    Json entry{{"versions", other.versions}};
    entry.update(verdict_json(sources, other.verdict));
    out["other_versions"].push_back(std::move(entry));
  }
  return out;
}

Json place_json(const EffectiveConfig& config, const ShownPlace& place,
                effective::Settings& settings) {
  const Location& location = *place.location;
  Json why = Json::array(), chain = Json::array(), replaced = Json::array();
  for (const effective::Why& step : place.why) {
    Json entry{{"message", step.text}};
    effective::add_place(entry, config, step.at);
    why.push_back(std::move(entry));
  }
  for (const Location* at = &location; at != nullptr; at = at->parent) {
    if (at->kind != LocationKind::kServerLevel) chain.insert(chain.begin(), at->display());
  }
  for (auto& list : settings.replaced_in(*location.scope)) {
    // Where a list was written is all that there is to say of it.
    const auto json = effective::settings_json(
        config, {{list.name, OriginKind::kExplicit, std::move(list.statements), {}}});
    replaced.push_back({{"directive", list.name}, {"statements", json[0]["statements"]}});
  }
  Json out;
  out["why"] = std::move(why);
  out["chain"] = std::move(chain);
  out["server"] =
      location.server != nullptr ? effective::server_json(config, *location.server) : Json();
  out["location"] = effective::location_json(config, location, settings);
  out["replaced"] = std::move(replaced);
  out["pool"] = pool_json(config, place);
  return out;
}

}  // namespace

Json show_json(const EffectiveConfig& config, std::string_view query,
               const std::vector<ShownPlace>& places) {
  effective::Settings settings(config);
  Json out{{"query", query}, {"version", to_string(config.version())}, {"places", Json::array()}};
  for (const ShownPlace& place : places) {
    out["places"].push_back(place_json(config, place, settings));
  }
  return out;
}

}  // namespace poolproof::cli
