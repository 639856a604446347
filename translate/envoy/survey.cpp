// See survey.h.
#include "translate/envoy/survey.h"

#include <algorithm>

#include "translate/reuse.h"

namespace poolproof::translate::envoy {
namespace {

/// May the port be taken from the Host before anything reads it?
bool reads_port(const Location& location) {
  const auto& fields = location.set_headers.value;
  return std::any_of(fields.begin(), fields.end(), [](const HeaderField& field) {
    return field.value.find("$http_host") != std::string_view::npos;
  });
}

bool compares_path(const Location& location) {
  if (location.pass && location.pass->has_uri) return true;
  if (!location.scope->own("rewrite").empty()) return true;
  const bool takes_all =
      location.kind == LocationKind::kServerLevel ||
      ((location.kind == LocationKind::kPrefix || location.kind == LocationKind::kPrefixNoRegex) &&
       location.pattern == "/");
  return !takes_all && location.kind != LocationKind::kNamed && location.kind != LocationKind::kIf;
}

}  // namespace

std::vector<const Location*> locations_of(const Listener& listener) {
  std::vector<const Location*> out;
  for (const Server* server : listener.servers) out.push_back(server->root);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto& inside = out[i]->children;
    out.insert(out.end(), inside.begin(), inside.end());
  }
  return out;
}

Gate survey(const EffectiveConfig& config, const Listener& listener) {
  Gate out{.tls = listener.tls, .port = listener.port};
  for (const Location* each : locations_of(listener)) {
    const Location& location = *each;
    out.compares_paths = out.compares_paths || compares_path(location);
    if (!location.pass) continue;
    out.strips_port = out.strips_port && !reads_port(location);
    out.has_grpc = out.has_grpc || location.pass->protocol == Protocol::kGrpc;
    out.passes_upgrades = out.passes_upgrades || passes_upgrade(config, location);
  }
  return out;
}

}  // namespace poolproof::translate::envoy
