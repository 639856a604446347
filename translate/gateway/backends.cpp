// A Service has one port and no weights: servers that differ in either get one each.
#include "translate/gateway/backends.h"

#include <algorithm>

#include <fmt/format.h>

#include "grammar/config/pass_target.h"

namespace poolproof::translate::gateway {
namespace {

bool is_ip(std::string_view host) {
  const bool is_v4 = !host.empty() && host.find_first_not_of("0123456789.") == std::string::npos;
  return is_v4 || host.find(':') != std::string_view::npos;
}

/// Without a port: 80 in a group, whatever the scheme (nginx 1.22.1).
std::uint16_t usual_port(const Upstream& upstream, const Pass& pass) {
  return upstream.implicit && pass.tls ? 443 : 80;
}

}  // namespace

const std::vector<const Backend*>& Backends::of(const Upstream& upstream, const Pass& pass) {
  const auto [at, is_new] = by_upstream_.try_emplace({&upstream, usual_port(upstream, pass)});
  if (is_new) {
    tell(upstream);
    add(upstream, pass, at->second);
  }
  return at->second;
}

void Backends::tell(const Upstream& upstream) {
  for (const Peer& peer : upstream.peers) {
    const auto lost = [&](Severity severity, std::string_view what) {
      lose(out_, severity, peer.at ? peer.at : upstream.at,
           fmt::format("`server {}` is not translated to gateway-api: {}", peer.address, what));
    };
    if (peer.address.starts_with("unix:"))
      lost(Severity::kError, "a socket is on one machine only");
    if (peer.backup) lost(Severity::kError, "there are no `backup` servers; this one is left out");
    if (peer.max_conns != 0) lost(Severity::kWarning, "`max_conns` is not known there");
    if (peer.max_fails != 1 || peer.fail_timeout.count() != 10'000) {
      lost(Severity::kWarning,
           "`max_fails` and `fail_timeout`: readiness of the endpoints decides");
    }
  }
}

void Backends::add(const Upstream& upstream, const Pass& pass, std::vector<const Backend*>& group) {
  std::map<std::pair<std::uint16_t, int>, Backend*> alike;
  for (const Peer& peer : upstream.peers) {
    const auto parts = split_host_port(peer.address);
    if (peer.down || peer.backup || !parts || peer.address.starts_with("unix:")) continue;
    const std::uint16_t port = parts->port != 0 ? parts->port : usual_port(upstream, pass);
    const bool by_address = is_ip(parts->host);
    Backend*& known = alike[{port, peer.weight}];
    if (by_address && known != nullptr && known->host.empty()) {
      known->addresses.push_back(parts->host);
      known->weight += peer.weight;
      continue;
    }
    const std::string suffix = group.empty() ? "" : fmt::format("-{}", group.size() + 1);
    Backend& made = all_.emplace_back();
    made.name = unused_name(names_, resource_name(upstream.name + suffix));
    made.port = port;
    made.weight = peer.weight;
    made.comment = place_of(peer.at ? peer.at : upstream.at);
    if (by_address) {
      made.addresses.push_back(parts->host);
      known = &made;
    } else {
      made.host = parts->host;
    }
    group.push_back(&made);
  }
}

}  // namespace poolproof::translate::gateway
