// The whole of the merged model, servers and their locations first. Parts are in json_parts.cpp.
#include "translate/effective/json.h"

#include <map>
#include <utility>
#include <vector>

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

namespace {

std::string text_without_end(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace);
}

/// The text of the whole, part by part: as values all of it would take ten times the memory.
class Writer {
 public:
  explicit Writer(const EffectiveConfig& config) : config_(config), settings_(config) {
    for (const Location& location : config.locations()) {
      if (location.server != nullptr) locations_[location.server->index].push_back(&location);
    }
  }

  std::string run() {
    out_ = "{";
    member(1, "version", to_string(config_.version()));
    member(1, "main", level_json(config_, &config_.main(), settings_));
    member(1, "events", level_json(config_, config_.events(), settings_));
    member(1, "http", level_json(config_, config_.http(), settings_));
    list(1, "servers", config_.servers(), [this](const Server& server) { add(server); });
    list(1, "upstreams", config_.upstreams(), [this](const Upstream& upstream) {
      value(2, upstream_json(config_, upstream, settings_));
    });
    list(1, "maps", config_.maps(),
         [this](const MapVariable& map) { value(2, map_json(config_, map)); });
    out_ += "\n}\n";
    return std::move(out_);
  }

 private:
  void add(const Server& server) {
    Json entry = server_json(config_, server);
    entry["settings"] = settings_json(config_, settings_.of(*server.scope));
    value(2, entry);
    // The locations go before the brace at its end.
    out_.resize(out_.size() - std::string_view("\n    }").size());
    list(3, "locations", locations_[server.index], [this](const Location* location) {
      value(4, location_json(config_, *location, settings_));
    });
    line(2);
    out_ += '}';
  }

  void line(int depth) {
    out_ += '\n';
    out_.append(static_cast<std::size_t>(depth) * 2, ' ');
  }

  void key(int depth, std::string_view name) {
    if (!out_.ends_with('{')) out_ += ',';
    line(depth);
    out_.append(1, '"').append(name).append("\": ");
  }

  /// A text has no line break of its own.
  void value(int depth, const Json& json) {
    std::string_view rest = part_ = text_without_end(json);
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      out_ += rest.substr(0, end);
      line(depth);
      rest.remove_prefix(end + 1);
    }
    out_ += rest;
  }

  void member(int depth, std::string_view name, const Json& json) {
    key(depth, name);
    value(depth, json);
  }

  template <typename Items, typename Add>
  void list(int depth, std::string_view name, const Items& items, const Add& add) {
    key(depth, name);
    out_ += '[';
    bool is_first = true;
    for (const auto& item : items) {
      if (!is_first) out_ += ',';
      is_first = false;
      line(depth + 1);
      add(item);
    }
    if (!is_first) line(depth);
    out_ += ']';
  }

  const EffectiveConfig& config_;
  Settings settings_;
  std::map<std::size_t, std::vector<const Location*>> locations_;  // by the server's index
  std::string part_, out_;
};

}  // namespace

std::string config_text(const EffectiveConfig& config) {
  return Writer(config).run();
}

std::string text_of(const Json& value) {
  return text_without_end(value) + "\n";
}

}  // namespace poolproof::translate::effective

namespace poolproof::translate {

Translation to_effective(const EffectiveConfig& config) {
  Translation out;
  out.files.push_back({"effective.json", effective::config_text(config)});
  return out;
}

}  // namespace poolproof::translate
