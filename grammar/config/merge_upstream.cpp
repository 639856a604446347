// Groups of servers: blocks, and those that nginx makes for literal addresses.
#include <algorithm>

#include <fmt/format.h>

#include "grammar/config/lower_case.h"
#include "grammar/config/merger.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

/// The text after "key=", or nothing if the parameter is another one.
std::optional<std::string_view> value_of(std::string_view parameter, std::string_view key) {
  if (!parameter.starts_with(key) || parameter.substr(key.size(), 1) != "=") return std::nullopt;
  return parameter.substr(key.size() + 1);
}

/// Of a count that makes no difference above some 4e9.
std::uint32_t saturated(std::int64_t number) {
  return static_cast<std::uint32_t>(std::min<std::int64_t>(number, 0xffffffff));
}

void take_number(std::string_view parameter, std::string_view key, int& target) {
  const auto text = value_of(parameter, key);
  const auto number = text ? parse_number(*text) : std::nullopt;
  if (number) target = static_cast<int>(std::min<std::int64_t>(*number, 1 << 30));
}

Peer parse_peer(Directive at) {
  Peer peer;
  peer.address = at.arg(0);
  peer.at = at;
  for (std::size_t i = 1; i < at.arg_count(); ++i) {
    const std::string_view parameter = at.arg(i);
    take_number(parameter, "weight", peer.weight);
    take_number(parameter, "max_conns", peer.max_conns);
    take_number(parameter, "max_fails", peer.max_fails);
    if (const auto text = value_of(parameter, "fail_timeout")) {
      if (const auto seconds = parse_seconds(*text)) peer.fail_timeout = *seconds;
    }
    if (parameter == "backup") peer.backup = true;
    if (parameter == "down") peer.down = true;
    if (parameter == "resolve") peer.resolve = true;
  }
  return peer;
}

bool has_argument(Directive at, std::string_view text) {
  for (std::size_t i = 0; i < at.arg_count(); ++i) {
    if (at.arg(i) == text) return true;
  }
  return false;
}

/// What the statement makes the method of its group; nothing if it is no method.
std::optional<Balancer> balancer_of(Directive at) {
  const std::string_view name = at.name();
  if (name == "least_conn") return Balancer::kLeastConn;
  if (name == "ip_hash") return Balancer::kIpHash;
  if (name == "hash") {
    return has_argument(at, "consistent") ? Balancer::kHashConsistent : Balancer::kHash;
  }
  if (name == "random") {
    return has_argument(at, "two") ? Balancer::kRandomTwoLeastConn : Balancer::kRandom;
  }
  if (name == "sticky") return Balancer::kSticky;
  for (const std::string_view other :
       {"fair", "least_time", "least_bandwidth", "consistent_hash", "session_sticky", "url_hash",
        "jvm_route", "upstream_jvm_route", "dynamic_resolve", "balancer_by_lua_block",
        "balancer_by_lua_file", "js_balancer", "ewma", "vnswrr"}) {
    if (name == other) return Balancer::kOther;
  }
  return std::nullopt;
}

}  // namespace

void Merger::merge_upstream(Directive at, const Scope* parent, std::string name) {
  const std::string key = lower_case(name);
  if (const Upstream* earlier = config_->find_upstream(name); earlier != nullptr) {
    report("duplicate-upstream", at.is_root() ? at.span() : at.head_span(),
           fmt::format("duplicate upstream \"{}\"", name));
    config_->diagnostics_.back().notes.push_back({earlier->at.head_span(), "first defined here"});
  }
  Upstream& upstream = config_->upstreams_.emplace_back();
  upstream.name = std::move(name);
  upstream.scope = add_scope(parent, at, Context::kUpstream);
  upstream.at = at;
  for (const Directive server : upstream.scope->own("server")) {
    upstream.peers.push_back(parse_peer(server));
  }
  merge_balancer(upstream);
  config_->upstream_by_name_.emplace(key, &upstream);
}

/// The last method wins.
void Merger::merge_balancer(Upstream& upstream) {
  for (const Directive child : children(upstream.at)) {
    const auto balancer = balancer_of(child);
    if (!balancer) continue;
    upstream.balancer = {*balancer, {OriginKind::kExplicit, child}};
    upstream.balancer_directive = child;
  }
}

/// Before 1.29.7 a method that comes after `keepalive` replaces what that had wrapped; since then
/// `keepalive` is put around the method when all is read.
void Merger::merge_keepalive(Upstream& upstream, Version version) {
  const Scope& scope = *upstream.scope;
  upstream.keepalive.value = version < kPoolByDefault ? Keepalive{} : Keepalive{32, true};
  if (const auto& own = scope.own("keepalive"); !own.empty()) {
    upstream.keepalive.value.connections = saturated(parse_number(own.front().arg(0)).value_or(0));
    upstream.keepalive.value.local = own.front().arg(1) == "local";
    upstream.keepalive.origin = {OriginKind::kExplicit, own.front()};
    upstream.pool_lost_to_method = version < kPoolByDefault && upstream.balancer_directive &&
                                   upstream.balancer_directive.id() > own.front().id();
  }
  upstream.keepalive_requests.value = version < Version{1, 19, 10} ? 100 : 1000;
  if (const auto& own = scope.own("keepalive_requests"); !own.empty()) {
    const auto number = parse_number(own.front().arg(0));
    if (number) upstream.keepalive_requests.value = saturated(*number);
    upstream.keepalive_requests.origin = {OriginKind::kExplicit, own.front()};
  }
  const auto take_time = [&scope](std::string_view name, std::chrono::milliseconds fallback,
                                  Setting<std::chrono::milliseconds>& setting) {
    setting.value = fallback;
    const auto& own = scope.own(name);
    if (own.empty()) return;
    setting.value = parse_time(own.front().arg(0)).value_or(fallback);
    setting.origin = {OriginKind::kExplicit, own.front()};
  };
  take_time("keepalive_timeout", std::chrono::seconds(60), upstream.keepalive_timeout);
  take_time("keepalive_time", std::chrono::hours(1), upstream.keepalive_time);
}

}  // namespace poolproof
