// The whole of the merged model, servers and their locations first. Parts are in json_parts.cpp.
#include "translate/effective/json.h"

#include <nlohmann/json.hpp>

#include "translate/effective/json_parts.h"
#include "translate/targets.h"

namespace poolproof::translate::effective {

using Json = nlohmann::ordered_json;

Json server_json(const EffectiveConfig& config, const Server& server) {
  Json listens = Json::array(), names = Json::array();
  for (const Listen& listen : server.listens) {
    Json entry{{"address", listen.address},
               {"port", listen.port},
               {"default_server", listen.default_server},
               {"tls", listen.ssl},
               {"http2", listen.http2},
               {"quic", listen.quic},
               {"proxy_protocol", listen.proxy_protocol},
               {"reuseport", listen.reuseport}};
    add_place(entry, config, listen.at);
    listens.push_back(std::move(entry));
  }
  for (const ServerName& name : server.names) {
    Json entry{{"kind", name_of(name.kind)}, {"text", name.text}};
    add_place(entry, config, name.at);
    names.push_back(std::move(entry));
  }
  Json out;
  out["index"] = server.index;
  add_place(out, config, server.at);
  out["listens"] = std::move(listens);
  out["names"] = std::move(names);
  return out;
}

namespace {

Json pass_json(const EffectiveConfig& config, const Pass& pass) {
  Json possible = Json::array();
  for (const Upstream* upstream : pass.possible_upstreams) possible.push_back(upstream->name);
  Json out{
      {"protocol", to_string(pass.protocol)},
      {"target", pass.target},
      {"tls", pass.tls},
      {"uri", pass.has_uri ? Json(pass.uri) : Json()},
      {"upstream", pass.upstream != nullptr ? Json(pass.upstream->name) : Json()},
      {"possible_upstreams", std::move(possible)},
      {"possible_upstreams_complete", pass.has_variables ? pass.possible_upstreams_complete : true},
      {"copied_from_outer", pass.copied_from_outer}};
  add_place(out, config, pass.at);
  return out;
}

Json header_list(const EffectiveConfig& config, const Setting<std::vector<HeaderField>>& headers) {
  Json fields = Json::array();
  for (const HeaderField& field : headers.value) {
    Json entry{{"name", field.name}, {"value", field.value}};
    add_place(entry, config, field.at);
    fields.push_back(std::move(entry));
  }
  return setting_json(config, std::move(fields), headers.origin);
}

Json map_json(const EffectiveConfig& config, const MapVariable& map) {
  Json entries = Json::array();
  for (const MapEntry& entry : map.entries) {
    Json item{{"key", entry.key},
              {"value", entry.value},
              {"regex", entry.regex},
              {"no_case", entry.regex_no_case}};
    add_place(item, config, entry.at);
    entries.push_back(std::move(item));
  }
  Json out{{"variable", map.name},
           {"kind", name_of(map.kind)},
           {"source", map.source},
           {"default", map.fallback ? Json(map.fallback->value) : Json()},
           {"hostnames", map.hostnames},
           {"volatile", map.is_volatile},
           {"entries", std::move(entries)}};
  add_place(out, config, map.at);
  return out;
}

Json level_json(const EffectiveConfig& config, const Scope* scope, Settings& settings) {
  if (scope == nullptr) return {};
  return Json{{"settings", settings_json(config, settings.of(*scope))}};
}

}  // namespace

Json location_json(const EffectiveConfig& config, const Location& location, Settings& settings) {
  Json out;
  out["kind"] = name_of(location.kind);
  out["pattern"] = location.pattern;
  out["display"] = location.display();
  out["server"] = location.server != nullptr ? Json(location.server->index) : Json();
  out["inside"] = location.parent != nullptr ? Json(location.parent->display()) : Json();
  add_place(out, config, location.scope->block());
  out["pass"] = location.pass ? pass_json(config, *location.pass) : Json();
  out["http_version"] =
      location.pass && location.pass->protocol == Protocol::kHttp
          ? setting_json(config, name_of(location.http_version.value), location.http_version.origin)
          : Json();
  out["set_headers"] = header_list(config, location.set_headers);
  out["settings"] = settings_json(config, settings.of(location));
  return out;
}

Json config_json(const EffectiveConfig& config) {
  Settings settings(config);
  Json servers = Json::array(), upstreams = Json::array(), maps = Json::array();
  for (const Server& server : config.servers()) {
    Json entry = server_json(config, server);
    entry["settings"] = settings_json(config, settings.of(*server.scope));
    entry["locations"] = Json::array();
    servers.push_back(std::move(entry));
  }
  for (const Location& location : config.locations()) {
    if (location.server == nullptr) continue;
    servers[location.server->index]["locations"].push_back(
        location_json(config, location, settings));
  }
  for (const Upstream& upstream : config.upstreams()) {
    upstreams.push_back(upstream_json(config, upstream, settings));
  }
  for (const MapVariable& map : config.maps()) maps.push_back(map_json(config, map));
  Json out;
  out["version"] = to_string(config.version());
  out["main"] = level_json(config, &config.main(), settings);
  out["events"] = level_json(config, config.events(), settings);
  out["http"] = level_json(config, config.http(), settings);
  out["servers"] = std::move(servers);
  out["upstreams"] = std::move(upstreams);
  out["maps"] = std::move(maps);
  return out;
}

std::string text_of(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace poolproof::translate::effective

namespace poolproof::translate {

Translation to_effective(const EffectiveConfig& config) {
  Translation out;
  out.files.push_back({"effective.json", effective::text_of(effective::config_json(config))});
  return out;
}

}  // namespace poolproof::translate
