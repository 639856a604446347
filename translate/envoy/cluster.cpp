// See cluster.h. Where nginx has no limit, Envoy's is as high as it goes.
#include "translate/envoy/cluster.h"

#include <algorithm>

#include <fmt/format.h>

#include "grammar/config/pass_target.h"
#include "grammar/syntax/values.h"
#include "translate/envoy/clusters.h"
#include "translate/envoy/tls.h"

namespace poolproof::translate::envoy {
namespace {

constexpr std::int64_t kNoLimit = 4'294'967'295;
/// Backups are asked where no other server is left, not from some share of them on.
constexpr std::int64_t kLastServer = 100'000;

bool is_socket(const Peer& peer) {
  return peer.address.starts_with("unix:");
}

bool is_name(const Peer& peer) {
  if (is_socket(peer)) return false;
  const auto parts = split_host_port(peer.address);
  const std::string_view host = parts ? std::string_view(parts->host) : peer.address;
  if (host.find(':') != std::string_view::npos) return false;
  return host.find_first_not_of("0123456789.") != std::string_view::npos;
}

class Maker {
 public:
  Maker(Shared& shared, const ClusterPlan& plan)
      : shared_(shared),
        plan_(plan),
        upstream_(plan.upstream),
        pass_(*plan.location.pass),
        is_grpc_(pass_.protocol == Protocol::kGrpc) {
    for (const Peer& peer : upstream_.peers) {
      if (!peer.down) live_.push_back(&peer);
    }
  }

  Tree run() {
    const bool by_name = any([](const Peer& peer) { return is_name(peer); });
    out_.set("name", Tree::text(plan_.name));
    out_.set("type", Tree::word(by_name ? "STRICT_DNS" : "STATIC"));
    if (by_name) add_names();
    out_.set("connect_timeout", Tree::word(duration(time_of(plan_.location, "connect_timeout"))));
    add_balance();
    add_endpoints();
    add_limits();
    add_failures();
    add_connections();
    if (pass_.tls) out_.set("transport_socket", upstream_tls(shared_, plan_.location));
    tell_version();
    return std::move(out_).say(place_of(upstream_.at ? upstream_.at : pass_.at));
  }

 private:
  template <class Test>
  bool any(Test test) const {
    return std::any_of(live_.begin(), live_.end(), [&](const Peer* peer) { return test(*peer); });
  }

  void add_names() {
    out_.set("dns_lookup_family", Tree::word("ALL"));
    shared_.once(Severity::kWarning, upstream_.at ? upstream_.at : pass_.at,
                 "names of servers: nginx looks them up once, envoy again and again");
    for (const Peer* peer : live_) {
      if (!is_socket(*peer)) continue;
      shared_.error(peer->at,
                    "envoy has no sockets beside names in one cluster: this server is "
                    "left out");
    }
  }

  // --- choosing a server

  void add_balance() {
    const Directive at = upstream_.balancer_directive;
    if (upstream_.peers.size() < 2) return set_policy("ROUND_ROBIN");
    switch (upstream_.balancer.value) {
      case Balancer::kRoundRobin:
        return set_policy("ROUND_ROBIN");
      case Balancer::kLeastConn:
        shared_.warn(at,
                     "`least_conn`: envoy asks two servers by chance and takes the one with "
                     "fewer requests");
        return set_policy("LEAST_REQUEST");
      case Balancer::kRandomTwoLeastConn:
        return set_policy("LEAST_REQUEST");
      case Balancer::kRandom:
        if (any([](const Peer& peer) { return peer.weight != 1; })) {
          shared_.warn(at, "`random`: envoy does not look at weights there");
        }
        return set_policy("RANDOM");
      case Balancer::kIpHash:
      case Balancer::kHash:
      case Balancer::kHashConsistent:
        shared_.warn(at, fmt::format("`{}`: envoy hashes otherwise: what belongs together stays "
                                     "together, but on another server than with nginx{}",
                                     at.name(),
                                     at.name() == "ip_hash"
                                         ? "; it looks at whole addresses, nginx at the first "
                                           "three bytes of IPv4"
                                         : ""));
        return set_policy(upstream_.balancer.value == Balancer::kHashConsistent ? "RING_HASH"
                                                                                : "MAGLEV");
      case Balancer::kSticky:
      case Balancer::kOther:
        break;
    }
    shared_.error(at,
                  fmt::format("`{}` is not translated to envoy: servers take turns", at.name()));
    set_policy("ROUND_ROBIN");
  }

  void set_policy(std::string_view policy) {
    out_.set("lb_policy", Tree::word(policy));
    // Envoy would ask servers that it took out as soon as half of them are.
    out_.set("common_lb_config",
             Tree::map().set("healthy_panic_threshold", Tree::map().set("value", Tree::number(0))));
  }

  void add_endpoints() {
    Tree groups = Tree::list();
    const bool has_backup = any([](const Peer& peer) { return peer.backup; });
    groups.add(Tree::map().set("lb_endpoints", endpoints(false)));
    if (has_backup) {
      groups.add(Tree::map().set("priority", Tree::number(1)).set("lb_endpoints", endpoints(true)));
    }
    Tree assignment = Tree::map().set("cluster_name", Tree::text(plan_.name));
    assignment.set("endpoints", std::move(groups));
    if (has_backup) {
      assignment.set("policy",
                     Tree::map().set("overprovisioning_factor", Tree::number(kLastServer)));
    }
    out_.set("load_assignment", std::move(assignment));
  }

  Tree endpoints(bool backup) const {
    Tree list = Tree::list();
    const bool names = any([](const Peer& peer) { return is_name(peer); });
    for (const Peer* peer : live_) {
      if (peer->backup != backup || (names && is_socket(*peer))) continue;
      Tree one = Tree::map().set("endpoint", Tree::map().set("address", address_of(*peer)));
      if (peer->weight != 1) one.set("load_balancing_weight", Tree::number(peer->weight));
      list.add(std::move(one).say(place_of(peer->at)));
    }
    return list;
  }

  Tree address_of(const Peer& peer) const {
    if (is_socket(peer)) {
      std::string_view path = std::string_view(peer.address).substr(5);
      if (path.ends_with(':')) path.remove_suffix(1);
      return Tree::map().set("pipe", Tree::map().set("path", Tree::text(path)));
    }
    const auto parts = split_host_port(peer.address);
    const std::uint16_t usual = pass_.port != 0 ? pass_.port : pass_.tls ? 443 : 80;
    const std::uint16_t port = parts && parts->port != 0 ? parts->port
                               : upstream_.implicit      ? usual
                                                         : std::uint16_t{80};
    return socket_address(parts ? parts->host : peer.address, port);
  }

  // --- limits and failures

  void add_limits() {
    Tree none = Tree::map();
    for (const std::string_view limit :
         {"max_connections", "max_pending_requests", "max_requests", "max_retries"}) {
      none.set(limit, Tree::number(kNoLimit));
    }
    Tree limits = Tree::map().set("thresholds", Tree::list().add(std::move(none)));
    int most = 0;
    for (const Peer* peer : live_) most = std::max(most, peer->max_conns);
    if (most > 0) {
      for (const Peer* peer : live_) tell_limit(*peer, most);
      limits.set("per_host_thresholds",
                 Tree::list().add(Tree::map().set("max_connections", Tree::number(most))));
    }
    out_.set("circuit_breakers", std::move(limits));
  }

  void tell_limit(const Peer& peer, int most) {
    if (peer.max_conns == most) {
      return shared_.warn(
          peer.at,
          "`max_conns`: envoy counts for all its threads together and lets requests "
          "wait for a connection where nginx asks another server");
    }
    shared_.error(peer.at, fmt::format("`max_conns` is not quite translated to envoy: all servers "
                                       "of a cluster have one limit, here {}",
                                       most));
  }

  /// One server alone is never taken out by nginx.
  void add_failures() {
    if (live_.size() < 2) return;
    const auto counts = std::find_if(live_.begin(), live_.end(), [](const Peer* peer) {
      return peer->max_fails > 0 && peer->fail_timeout.count() > 0;
    });
    if (counts == live_.end()) return;
    const Peer& first = **counts;
    for (const Peer* peer : live_) {
      if (peer->max_fails == first.max_fails && peer->fail_timeout == first.fail_timeout) continue;
      shared_.warn(peer->at,
                   fmt::format("`max_fails` and `fail_timeout`: all servers of a cluster in envoy "
                               "have the same, here {} and {}",
                               first.max_fails, duration(first.fail_timeout)));
    }
    if (first.max_fails > 1) {
      shared_.warn(first.at,
                   "`max_fails`: envoy counts failures in a row, nginx those within "
                   "`fail_timeout`");
    }
    Tree out = Tree::map();
    out.set("split_external_local_origin_errors", Tree::yes());
    out.set("consecutive_local_origin_failure", Tree::number(first.max_fails));
    if (count_statuses(first)) {
      out.set("consecutive_gateway_failure", Tree::number(first.max_fails));
      out.set("enforcing_consecutive_gateway_failure", Tree::number(100));
    }
    for (const std::string_view off :
         {"enforcing_consecutive_5xx", "enforcing_success_rate",
          "enforcing_local_origin_success_rate", "enforcing_failure_percentage"}) {
      out.set(off, Tree::number(0));
    }
    out.set("interval", Tree::word("1s"));
    out.set("base_ejection_time", Tree::word(duration(first.fail_timeout)));
    out.set("max_ejection_time", Tree::word(duration(first.fail_timeout)));
    out.set("max_ejection_percent", Tree::number(100));
    out_.set("outlier_detection", std::move(out));
  }

  /// Of the answers that count as failures in nginx (1.22.1: 403 and 404 never do) Envoy has 502,
  /// 503 and 504, all three together.
  bool count_statuses(const Peer& first) {
    std::size_t counted = 0, others = 0;
    for (const std::string_view word : next_upstream(plan_.location)) {
      if (word == "http_502" || word == "http_503" || word == "http_504") ++counted;
      if (word == "http_500" || word == "http_429") ++others;
    }
    if (others > 0 || counted % 3 != 0) {
      shared_.warn(first.at,
                   "`max_fails`: of answers envoy counts 502, 503 and 504 as failures, these three "
                   "together and no other");
    }
    return counted > 0;
  }

  // --- connections

  void add_connections() {
    Tree common = Tree::map();
    if (plan_.keeps == Keeps::kNever) {
      common.set("max_requests_per_connection", Tree::number(1));
    } else {
      common.set("idle_timeout", Tree::word(duration(upstream_.keepalive_timeout.value)));
      common.set("max_requests_per_connection", Tree::number(upstream_.keepalive_requests.value));
      common.set("max_connection_duration", Tree::word(duration(upstream_.keepalive_time.value)));
      if (upstream_.keepalive.origin.kind != OriginKind::kDefault) {
        shared_.warn(upstream_.keepalive.origin.directive,
                     "the number of `keepalive` is not translated to envoy: all idle connections "
                     "are kept, each for `keepalive_timeout`");
      }
    }
    Tree options =
        Tree::typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions")
            .set("common_http_protocol_options", std::move(common))
            .set("explicit_http_config",
                 Tree::map().set(is_grpc_ ? "http2_protocol_options" : "http_protocol_options",
                                 Tree::map()));
    out_.set("typed_extension_protocol_options",
             Tree::map().set("envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                             std::move(options)));
  }

  void tell_version() {
    const Setting<HttpVersion>& version = plan_.location.http_version;
    const bool is_said = version.origin.kind != OriginKind::kDefault;
    if (is_grpc_ || !is_said || version.value == HttpVersion::k11) return;
    shared_.warn(version.origin.directive,
                 "`proxy_http_version`: envoy speaks HTTP/1.1 to the server");
  }

  Shared& shared_;
  const ClusterPlan& plan_;
  const Upstream& upstream_;
  const Pass& pass_;
  bool is_grpc_;
  std::vector<const Peer*> live_;
  Tree out_ = Tree::map();
};

}  // namespace

Tree cluster_of(Shared& shared, const ClusterPlan& plan) {
  return Maker(shared, plan).run();
}

}  // namespace poolproof::translate::envoy
