// The pool, what is sent as Connection, and the version of HTTP have to agree (RFC 9112, section
// 9.3).
#include "translate/reuse.h"

#include <algorithm>
#include <array>

namespace poolproof::translate {
namespace {

constexpr std::array kClients{RequestAssumption{.connection = "keep-alive", .upgrade = {}},
                              RequestAssumption{.connection = "close", .upgrade = {}}};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Servers that take turns need a place each: with fewer, a connection is evicted before its
/// server's turn comes again.
bool holds_all(const Upstream& upstream) {
  const auto turns = std::count_if(upstream.peers.begin(), upstream.peers.end(),
                                   [](const Peer& peer) { return !peer.backup && !peer.down; });
  const bool equal = std::all_of(upstream.peers.begin(), upstream.peers.end(),
                                 [](const Peer& peer) { return peer.weight == 1; });
  if (upstream.balancer.value != Balancer::kRoundRobin || !equal) return true;
  return static_cast<std::ptrdiff_t>(upstream.keepalive.value.connections) >= turns;
}

bool pool_keeps(const Upstream& upstream) {
  return upstream.has_pool() && holds_all(upstream) && upstream.keepalive_requests.value > 1 &&
         upstream.keepalive_timeout.value.count() > 0 && upstream.keepalive_time.value.count() > 0;
}

struct Sent {
  bool present = false, closes = false, may_close = false, keeps_alive = false;
};

Sent sent_connection(const EffectiveConfig& config, const Location& location,
                     const RequestAssumption& client) {
  Sent out;
  for (const HeaderField& field : location.set_headers.value) {
    if (!same_name(field.name, "connection")) continue;
    out.present = true;
    const PossibleValues sent = possible_values(config, location, field.value, client);
    const auto with = [&](std::string_view token) {
      return std::count_if(sent.values.begin(), sent.values.end(),
                           [&](const std::string& value) { return has_token(value, token); });
    };
    const auto all = static_cast<std::ptrdiff_t>(sent.values.size());
    const bool known = sent.complete && all > 0;
    out.closes = out.closes || (known && with("close") == all);
    out.may_close = out.may_close || !sent.complete || with("close") > 0;
    out.keeps_alive = out.keeps_alive || (known && with("keep-alive") == all);
  }
  return out;
}

Keeps keeps_http(const EffectiveConfig& config, const Location& location) {
  int kept = 0;
  bool may_close = false;
  for (const RequestAssumption& client : kClients) {
    const Sent sent = sent_connection(config, location, client);
    if (!sent.present && config.version() < kPoolByDefault) continue;
    if (sent.closes) continue;
    if (location.http_version.value == HttpVersion::k10 && !sent.keeps_alive) continue;
    may_close = may_close || sent.may_close;
    ++kept;
  }
  if (kept == 0) return Keeps::kNever;
  return kept == static_cast<int>(kClients.size()) && !may_close ? Keeps::kAlways : Keeps::kDepends;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool has_token(std::string_view list, std::string_view token) {
  while (true) {
    const std::size_t comma = list.find(',');
    std::string_view item = list.substr(0, comma);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    if (same_name(item, token)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

Keeps keeps_connections(const EffectiveConfig& config, const Location& location) {
  const Pass& pass = *location.pass;
  if (pass.upstream == nullptr || !pool_keeps(*pass.upstream)) return Keeps::kNever;
  if (pass.protocol == Protocol::kFastcgi) {
    return location.scope->flag_or("fastcgi_keep_conn", false) ? Keeps::kAlways : Keeps::kNever;
  }
  return keeps_http(config, location);
}

bool passes_upgrade(const EffectiveConfig& config, const Location& location) {
  if (location.http_version.value == HttpVersion::k10) return false;
  const RequestAssumption handshake{.connection = "upgrade", .upgrade = "websocket"};
  bool connection = false, upgrade = false;
  for (const HeaderField& field : location.set_headers.value) {
    const bool is_connection = same_name(field.name, "connection");
    if (!is_connection && !same_name(field.name, "upgrade")) continue;
    for (const std::string& value :
         possible_values(config, location, field.value, handshake).values) {
      if (is_connection && has_token(value, "upgrade")) connection = true;
      if (!is_connection && !value.empty()) upgrade = true;
    }
  }
  return connection && upgrade;
}

}  // namespace poolproof::translate
