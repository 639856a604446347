// See stale_facts.h.
#include "lint/stale_facts.h"

#include <algorithm>

#include "lint/pool_facts.h"
#include "lint/reuse.h"

namespace poolproof::lint {

std::vector<const Location*> reusing_locations(const EffectiveConfig& config) {
  std::vector<const Location*> out;
  for (const Location& location : config.locations()) {
    if (!owns_pass(location) || pooled_upstream(location) == nullptr) continue;
    if (reuse_of(config, location).pooled != Pooled::kNever) out.push_back(&location);
  }
  return out;
}

std::string setting_name(const Location& location, std::string_view setting) {
  const Protocol protocol = location.pass->protocol;
  std::string out(protocol == Protocol::kHttp ? "proxy" : to_string(protocol));
  return out.append("_").append(setting);
}

std::size_t ordinary_peers(const Upstream& upstream) {
  return static_cast<std::size_t>(
      std::count_if(upstream.peers.begin(), upstream.peers.end(),
                    [](const Peer& peer) { return !peer.backup && !peer.down; }));
}

}  // namespace poolproof::lint
