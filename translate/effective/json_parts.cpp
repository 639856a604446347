// Settings, statements and upstreams, each with the place that it comes from.
#include "translate/effective/json_parts.h"

#include "translate/effective/json.h"

namespace poolproof::translate::effective {

using Json = nlohmann::ordered_json;

void add_place(Json& out, const EffectiveConfig& config, Directive at) {
  if (!at || at.file() == FileId::kNone) {
    out["file"] = out["line"] = nullptr;
    return;
  }
  const SourceMap& sources = config.bound().sources();
  const SourceSpan span = at.is_root() ? at.span() : at.head_span();
  out["file"] = sources[span.file].path();
  out["line"] = sources.position(span).line;
}

Json setting_json(const EffectiveConfig& config, Json value, const Origin& origin) {
  Json out{{"value", std::move(value)}, {"origin", name_of(origin.kind)}};
  add_place(out, config, origin.directive);
  return out;
}

std::string_view level_of(Directive at) {
  return to_string(at.context());
}

namespace {

Json words_json(Directive at) {
  Json words = Json::array();
  for (std::size_t i = 0; i < at.arg_count(); ++i) words.push_back(at.arg(i));
  return words;
}

/// Of a block that inherits (`types`): its statements.
Json entries_json(Directive block) {
  Json entries = Json::array();
  for (const Directive child : children(block)) {
    if (child.name() == "include") continue;
    Json words = words_json(child);
    words.insert(words.begin(), child.name());
    entries.push_back(std::move(words));
  }
  return entries;
}

Json statement_json(const EffectiveConfig& config, Directive at) {
  Json out{{"words", words_json(at)}};
  if (at.is_block()) out["entries"] = entries_json(at);
  out["level"] = level_of(at);
  add_place(out, config, at);
  return out;
}

Json peer_json(const EffectiveConfig& config, const Peer& peer) {
  Json out{{"address", peer.address},
           {"weight", peer.weight},
           {"max_conns", peer.max_conns},
           {"max_fails", peer.max_fails},
           {"fail_timeout_ms", peer.fail_timeout.count()},
           {"backup", peer.backup},
           {"down", peer.down},
           {"resolve", peer.resolve}};
  add_place(out, config, peer.at);
  return out;
}

}  // namespace

Json settings_json(const EffectiveConfig& config, const std::vector<AppliedSetting>& settings) {
  Json out = Json::array();
  for (const AppliedSetting& setting : settings) {
    Json statements = Json::array();
    for (const Directive at : setting.statements) {
      statements.push_back(statement_json(config, at));
    }
    out.push_back({{"directive", setting.name},
                   {"origin", name_of(setting.kind)},
                   {"default", setting.statements.empty() ? Json(setting.default_value) : Json()},
                   {"statements", std::move(statements)}});
  }
  return out;
}

Json upstream_json(const EffectiveConfig& config, const Upstream& upstream, Settings& settings) {
  Json peers = Json::array();
  for (const Peer& peer : upstream.peers) peers.push_back(peer_json(config, peer));
  Json out{{"name", upstream.name}, {"implicit", upstream.implicit}};
  add_place(out, config, upstream.at);
  out["peers"] = std::move(peers);
  out["balancer"] =
      setting_json(config, name_of(upstream.balancer.value), upstream.balancer.origin);
  out["has_pool"] = upstream.has_pool();
  out["pool_lost_to_method"] = upstream.pool_lost_to_method;
  out["keepalive"] = setting_json(config,
                                  {{"connections", upstream.keepalive.value.connections},
                                   {"local", upstream.keepalive.value.local}},
                                  upstream.keepalive.origin);
  out["keepalive_requests"] =
      setting_json(config, upstream.keepalive_requests.value, upstream.keepalive_requests.origin);
  out["keepalive_timeout_ms"] = setting_json(config, upstream.keepalive_timeout.value.count(),
                                             upstream.keepalive_timeout.origin);
  out["keepalive_time_ms"] =
      setting_json(config, upstream.keepalive_time.value.count(), upstream.keepalive_time.origin);
  out["settings"] = upstream.scope != nullptr ? settings_json(config, settings.of(*upstream.scope))
                                              : Json::array();
  return out;
}

}  // namespace poolproof::translate::effective
