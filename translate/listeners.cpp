// Order of host rules: ngx_http_find_virtual_server of nginx 1.22.1 (names, wildcards,
// expressions).
#include "translate/listeners.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace poolproof::translate {
namespace {

std::string in_lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

/// Regular expressions come last, in order; names before; of wildcards the longest first.
int rank(const HostRule& rule) {
  switch (rule.kind) {
    case ServerNameKind::kExact:
    case ServerNameKind::kDotted:
      return 0;
    case ServerNameKind::kLeadingWildcard:
      return 1;
    case ServerNameKind::kTrailingWildcard:
      return 2;
    case ServerNameKind::kRegex:
      return 3;
  }
  return 3;
}

bool before(const HostRule& a, const HostRule& b) {
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  const bool wild = rank(a) == 1 || rank(a) == 2;
  return wild && a.text.size() > b.text.size();
}

void add_rules(const Server& server, const ServerName& name, std::vector<HostRule>& out) {
  if (name.kind == ServerNameKind::kRegex) {
    out.push_back({name.kind, name.text.substr(1), &server, name.at});
    return;
  }
  const std::string text = in_lower_case(name.text);
  if (name.kind != ServerNameKind::kDotted) {
    out.push_back({name.kind, text, &server, name.at});
    return;
  }
  out.push_back({ServerNameKind::kExact, text.substr(1), &server, name.at});
  out.push_back({ServerNameKind::kLeadingWildcard, "*" + text, &server, name.at});
}

std::vector<HostRule> hosts_of(const Listener& listener) {
  std::vector<HostRule> all;
  for (const Server* server : listener.servers) {
    for (const ServerName& name : server->names) add_rules(*server, name, all);
  }
  std::vector<HostRule> out;
  std::set<std::pair<int, std::string>> seen;
  for (HostRule& rule : all) {
    const bool is_new = seen.emplace(rank(rule), rule.text).second;
    if (is_new || rule.kind == ServerNameKind::kRegex) out.push_back(std::move(rule));
  }
  std::stable_sort(out.begin(), out.end(), before);
  return out;
}

void join(Listener& out, const Listen& listen, const Server& server) {
  out.tls = out.tls || listen.ssl;
  out.http2 = out.http2 || listen.http2;
  out.quic = out.quic || listen.quic;
  out.proxy_protocol = out.proxy_protocol || listen.proxy_protocol;
  out.also_v4 = out.also_v4 || !listen.ipv6only;
  if (std::find(out.servers.begin(), out.servers.end(), &server) == out.servers.end()) {
    out.servers.push_back(&server);
  }
  if (out.fallback == nullptr || listen.default_server) out.fallback = &server;
}

}  // namespace

std::vector<Listener> listeners_of(const EffectiveConfig& config) {
  std::vector<Listener> out;
  std::map<std::pair<std::string, std::uint16_t>, std::size_t> index;
  for (const Server& server : config.servers()) {
    for (const Listen& listen : server.listens) {
      const auto [at, added] = index.try_emplace({listen.address, listen.port}, out.size());
      if (added) {
        out.push_back({.address = listen.address,
                       .port = listen.port,
                       .at = listen.at ? listen.at : server.at,
                       .servers = {},
                       .hosts = {}});
      }
      join(out[at->second], listen, server);
    }
  }
  for (Listener& listener : out) listener.hosts = hosts_of(listener);
  return out;
}

}  // namespace poolproof::translate
