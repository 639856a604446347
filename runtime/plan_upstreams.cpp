// Upstream groups of a plan: names become addresses, parameters become numbers.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "runtime/plan_builder.h"
#include "runtime/proxy_url.h"

namespace poolproof::runtime {
namespace {

using ConfigBalancer = poolproof::Balancer;

std::optional<BalancingMethod> method_of(ConfigBalancer balancer) {
  switch (balancer) {
    case ConfigBalancer::kRoundRobin:
      return BalancingMethod::kRoundRobin;
    case ConfigBalancer::kLeastConn:
      return BalancingMethod::kLeastConn;
    case ConfigBalancer::kIpHash:
      return BalancingMethod::kIpHash;
    case ConfigBalancer::kHash:
      return BalancingMethod::kHash;
    case ConfigBalancer::kHashConsistent:
      return BalancingMethod::kHashConsistent;
    case ConfigBalancer::kRandom:
      return BalancingMethod::kRandom;
    case ConfigBalancer::kRandomTwoLeastConn:
      return BalancingMethod::kRandomTwoLeastConn;
    case ConfigBalancer::kSticky:
    case ConfigBalancer::kOther:
      break;
  }
  return std::nullopt;
}

constexpr std::string_view kPeerParameters[] = {
    "weight=", "max_conns=", "max_fails=", "fail_timeout=", "backup", "down"};

/// Sums of such weights fit an int, with room for the turns of round robin.
constexpr std::int64_t kMaxWeight = 100'000'000;
/// 3.2 million points of 24 bytes in each worker.
constexpr std::int64_t kMaxConsistentWeight = 20'000;

}  // namespace

void PlanBuilder::build_upstreams() {
  for (const Upstream& upstream : config_.upstreams()) {
    if (!upstream.implicit) build_upstream(upstream);
  }
  // Groups that nginx makes of the constant target of a proxy_pass.
  for (const Location& location : config_.locations()) {
    if (!location.pass || location.pass->has_variables || location.pass->upstream == nullptr)
      continue;
    const Upstream* upstream = location.pass->upstream;
    if (location.pass->protocol == Protocol::kHttp && upstreams_.count(upstream) == 0) {
      build_upstream(*upstream);
    }
  }
}

void PlanBuilder::build_upstream(const Upstream& upstream) {
  UpstreamPlan& plan = plan_->upstreams.emplace_back();
  upstreams_[&upstream] = &plan;
  plan.index = plan_->upstreams.size() - 1;
  plan.name = upstream.name;
  plan.implicit = upstream.implicit;
  if (const auto method = method_of(upstream.balancer.value)) plan.method = *method;
  const Directive by = upstream.balancer_directive;
  if (plan.method == BalancingMethod::kHash || plan.method == BalancingMethod::kHashConsistent) {
    plan.hash_key = compile(by.arg(0), by);
  }
  if (by && by.name() == "random" && by.arg_count() == 2 && by.arg(1) != "least_conn") {
    refuse(by, fmt::format("random two {}", by.arg(1)));
  }
  if (upstream.has_pool()) plan.pool.capacity = upstream.keepalive.value.connections;
  plan.pool_is_local = upstream.keepalive.value.local;
  plan.pool.max_requests = upstream.keepalive_requests.value;
  plan.pool.max_age_ms = upstream.keepalive_time.value.count();
  plan.pool.idle_timeout_ms = upstream.keepalive_timeout.value.count();
  if (upstream.implicit) {
    build_implicit_peers(upstream, plan);
    return;
  }
  for (const Peer& peer : upstream.peers) add_peer(peer, plan);
  const auto is_backup = [](const Peer& peer) { return peer.backup; };
  if (std::all_of(upstream.peers.begin(), upstream.peers.end(), is_backup)) {
    fail(upstream.at, fmt::format("no servers are inside upstream \"{}\"", upstream.name));
  }
  limit_weights(upstream, plan);
}

/// nginx counts weights with 64 bits, and makes 160 points of each for `hash ... consistent`.
void PlanBuilder::limit_weights(const Upstream& upstream, const UpstreamPlan& plan) {
  const auto add = [](std::int64_t sum, const PeerPlan& peer) { return sum + peer.weight; };
  const auto total = [&add](const std::vector<PeerPlan>& peers) {
    return std::accumulate(peers.begin(), peers.end(), std::int64_t{0}, add);
  };
  const bool has_points = plan.method == BalancingMethod::kHashConsistent;
  const std::int64_t most = has_points ? kMaxConsistentWeight : kMaxWeight;
  const std::int64_t sum = std::max(total(plan.peers), total(plan.backups));
  if (sum <= most) return;
  refuse_always(upstream.at, fmt::format("weights that add up to {} (more than {}{})", sum, most,
                                         has_points ? " with `hash ... consistent`" : ""));
}

/// The authority of the proxy_pass is the only peer; its name may have several addresses.
void PlanBuilder::build_implicit_peers(const Upstream& upstream, UpstreamPlan& plan) {
  const auto url = parse_proxy_url(upstream.at.arg(0));
  if (!url || url->invalid) return fail(upstream.at, "invalid URL prefix");
  plan.name = url->host;
  plan.port = url->port;
  Peer peer;
  peer.address = std::string(url->authority);
  peer.at = upstream.at;
  default_port_ = url->tls ? 443 : 80;
  add_peer(peer, plan);
  default_port_ = 80;
}

void PlanBuilder::add_peer(const Peer& peer, UpstreamPlan& plan) {
  if (peer.at && peer.at.name() == "server") {
    for (std::size_t i = 1; i < peer.at.arg_count(); ++i) {
      const std::string_view text = peer.at.arg(i);
      const bool known = std::any_of(std::begin(kPeerParameters), std::end(kPeerParameters),
                                     [&](std::string_view each) { return text.starts_with(each); });
      if (!known) refuse(peer.at, fmt::format("server ... {}", text));
    }
  }
  for (const Address& address : resolve(peer.address, default_port_, peer.at)) {
    PeerPlan each;
    each.address = address;
    each.text = to_string(address);
    each.server = peer.address;
    each.weight = peer.weight;
    each.max_conns = peer.max_conns;
    each.max_fails = peer.max_fails;
    each.fail_timeout_s = peer.fail_timeout.count() / 1000;
    each.down = peer.down;
    (peer.backup ? plan.backups : plan.peers).push_back(std::move(each));
  }
}

std::vector<Address> PlanBuilder::resolve(std::string_view address, std::uint16_t default_port,
                                          Directive at) {
  const std::string text = fmt::format("http://{}", address);
  const auto url = parse_proxy_url(text);
  if (!url || url->invalid) {
    fail(at, fmt::format("invalid address \"{}\"", address));
    return {};
  }
  ProxyUrl with_port = *url;
  if (!url->has_port) with_port.port = default_port;
  if (const auto literal = literal_address(with_port)) return {*literal};
  std::vector<Address> found;
  if (options_.resolver != nullptr) found = options_.resolver->resolve(std::string(url->host));
  if (found.empty()) fail(at, fmt::format("host not found in upstream \"{}\"", address));
  for (Address& each : found) each.port = with_port.port;
  return found;
}

}  // namespace poolproof::runtime
