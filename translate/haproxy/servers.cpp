// What nginx 1.22.1 does with a group (ngx_http_upstream_round_robin and its like) in HAProxy's
// words.
#include "translate/haproxy/servers.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/haproxy/expression.h"
#include "translate/reuse.h"

namespace poolproof::translate::haproxy {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kUsualConnectTimeout{60'000};
constexpr int kMostWeight = 256;

class Maker {
 public:
  Maker(Shared& shared, const Location& location)
      : shared_(shared),
        location_(location),
        pass_(*location.pass),
        upstream_(*location.pass->upstream),
        keeps_(keeps_connections(shared.config, location)) {}

  ServerGroup run() {
    add_balance();
    add_reuse();
    add_retries();
    add_timeouts();
    add_default_server();
    for (const Peer& peer : upstream_.peers) add_peer(peer);
    return std::move(out_);
  }

 private:
  bool fcgi() const { return pass_.protocol == Protocol::kFastcgi; }
  std::string directive(std::string_view rest) const {
    return fmt::format("{}_{}", fcgi() ? "fastcgi" : "proxy", rest);
  }
  const Scope& scope() const { return *location_.scope; }
  void head(std::string line) { out_.head.push_back(std::move(line)); }

  std::int64_t workers() const {
    return parse_number(shared_.config.main().value_or("worker_processes", "1")).value_or(1);
  }

  std::size_t live_peers() const {
    return static_cast<std::size_t>(std::count_if(upstream_.peers.begin(), upstream_.peers.end(),
                                                  [](const Peer& peer) { return !peer.down; }));
  }

  // --- choosing a server
  // --------------------------------------------------------------------------

  void add_balance() {
    if (std::any_of(upstream_.peers.begin(), upstream_.peers.end(),
                    [](const Peer& peer) { return peer.backup; })) {
      head("option allbackups");
    }
    if (upstream_.peers.size() < 2) return;
    switch (upstream_.balancer.value) {
      case Balancer::kRoundRobin:
        return head("balance roundrobin");
      case Balancer::kLeastConn:
        return head("balance leastconn");
      case Balancer::kIpHash:
        tell_other_hash();
        return head("balance source");
      case Balancer::kHash:
      case Balancer::kHashConsistent:
        return add_hash();
      case Balancer::kRandom:
        return head("balance random(1)");
      case Balancer::kRandomTwoLeastConn:
        return head("balance random(2)");
      case Balancer::kSticky:
      case Balancer::kOther:
        break;
    }
    lose(Severity::kError, upstream_.balancer_directive,
         fmt::format("`{}` is not translated to haproxy: servers take turns",
                     upstream_.balancer_directive.name()));
    head("balance roundrobin");
  }

  void lose(Severity severity, Directive at, std::string message) const {
    shared_.lose(severity, at, std::move(message));
  }

  void tell_other_hash() const {
    lose(Severity::kWarning, upstream_.balancer_directive,
         fmt::format("`{}`: haproxy hashes otherwise: what belongs together stays together, but "
                     "on another server than with nginx",
                     upstream_.balancer_directive.name()));
  }

  void add_hash() {
    const Directive at = upstream_.balancer_directive;
    const auto key = text_sample(shared_, {}, at.arg(0), at);
    if (!key) return head("balance roundrobin");
    tell_other_hash();
    head("balance hash " + word(*key));
    if (upstream_.balancer.value == Balancer::kHashConsistent) head("hash-type consistent");
  }

  // --- connections
  // --------------------------------------------------------------------------------

  void add_reuse() {
    if (keeps_ == Keeps::kNever) {
      head("http-reuse never");
      if (!fcgi()) head("option http-server-close");
      return;
    }
    head("http-reuse always");
    if (keeps_ == Keeps::kDepends) {
      lose(Severity::kWarning, pass_.at,
           "connections are kept here as the client says; haproxy keeps all of them");
    }
  }

  void add_default_server() {
    if (keeps_ == Keeps::kNever) return;
    const Keepalive& pool = upstream_.keepalive.value;
    const auto idle = static_cast<std::int64_t>(pool.connections) * workers();
    out_.servers.push_back(
        fmt::format("default-server pool-max-conn {} pool-purge-delay {}", idle,
                    time_text(std::max(upstream_.keepalive_timeout.value, milliseconds{1}))));
    // `max-reuse` is counted on connections of HTTP/2 only (2.6.12).
    for (const Directive at : {upstream_.keepalive_requests.origin.directive,
                               upstream_.keepalive_time.origin.directive}) {
      if (!at) continue;
      lose(Severity::kWarning, at,
           fmt::format("`{}` of an upstream is not translated to haproxy: its connections have no "
                       "such limit",
                       at.name()));
    }
  }

  // --- trying another
  // -----------------------------------------------------------------------------

  void add_retries() {
    const Found found = scope().find(directive("next_upstream"));
    std::vector<std::string_view> when;
    for (std::size_t i = 0; found.last() && i < found.last().arg_count(); ++i) {
      when.push_back(found.last().arg(i));
    }
    if (found.is_default()) when = {"error", "timeout"};
    const bool off = std::find(when.begin(), when.end(), "off") != when.end();
    std::size_t tries = off ? 1 : std::max<std::size_t>(live_peers(), 1);
    const auto limit = parse_number(scope().value_or(directive("next_upstream_tries"), "0"));
    if (limit.value_or(0) > 0) tries = std::min(tries, static_cast<std::size_t>(*limit));
    // A pooled connection that turns out to be dead costs no try.
    if (keeps_ != Keeps::kNever && tries == 1) tries = 2;
    head(fmt::format("retries {}", tries - 1));
    if (tries == 1) return;
    head("option redispatch 1");
    head("retry-on " + events(when, found.last()));
  }

  std::string events(const std::vector<std::string_view>& when, Directive at) const {
    std::string out = "conn-failure empty-response";
    for (const std::string_view word : when) {
      if (word == "timeout") out += " response-timeout";
      if (word == "invalid_header") out += " junk-response";
      if (!word.starts_with("http_")) continue;
      const std::string_view code = word.substr(5);
      if (code == "429") {
        lose(Severity::kError, at, "haproxy does not try another server after 429");
      } else {
        out += fmt::format(" {}", code);
      }
    }
    return out;
  }

  void add_timeouts() {
    const auto connect = parse_time(scope().value_or(directive("connect_timeout"), "60s"));
    if (connect && *connect != kUsualConnectTimeout) {
      head("timeout connect " + time_text(*connect));
    }
  }

  // --- one server
  // ---------------------------------------------------------------------------------

  std::string address_of(const Peer& peer) {
    std::string_view text = peer.address;
    if (text.starts_with("unix:")) {
      text.remove_prefix(5);
      if (text.ends_with(':')) text.remove_suffix(1);
      return fmt::format("unix@{}", text);
    }
    const std::size_t bracket = text.find(']');
    const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos) return std::string(text);
    const std::uint16_t port = pass_.port != 0 ? pass_.port : pass_.tls ? 443 : 80;
    return fmt::format("{}:{}", text, port);
  }

  static bool is_name(std::string_view address) {
    if (address.starts_with('[') || address.starts_with("unix@")) return false;
    return std::any_of(address.begin(), address.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
  }

  void add_peer(const Peer& peer) {
    const std::string address = address_of(peer);
    std::string line = fmt::format("server s{} {}", ++count_, word(address));
    if (fcgi()) line += " proto fcgi";
    if (pass_.tls) line += tls_words();
    line += weight_of(peer);
    if (peer.max_conns > 0) line += fmt::format(" maxconn {}", max_conns_of(peer));
    if (peer.backup) line += " backup";
    if (peer.down) line += " disabled";
    line += failures_of(peer);
    if (is_name(address)) {
      line += " init-addr last,libc,none";
      tell_name(peer);
    }
    out_.servers.push_back(line + fmt::format("  # {}", shared_.place(peer.at)));
  }

  void tell_name(const Peer& peer) const {
    lose(Severity::kWarning, peer.at ? peer.at : pass_.at,
         fmt::format("haproxy takes one address of {}, nginx takes turns with all that it has",
                     peer.address));
  }

  std::string weight_of(const Peer& peer) const {
    int most = 1;
    for (const Peer& each : upstream_.peers) most = std::max(most, each.weight);
    if (most <= kMostWeight) {
      return peer.weight == 1 ? std::string() : fmt::format(" weight {}", peer.weight);
    }
    const int scaled =
        std::max(1, static_cast<int>(static_cast<std::int64_t>(peer.weight) * kMostWeight / most));
    lose(Severity::kWarning, peer.at,
         fmt::format("haproxy's weights end at 256: {} becomes {}", peer.weight, scaled));
    return fmt::format(" weight {}", scaled);
  }

  std::int64_t max_conns_of(const Peer& peer) {
    const bool shared = upstream_.scope != nullptr && !upstream_.scope->own("zone").empty();
    lose(Severity::kWarning, peer.at,
         "`max_conns`: haproxy lets requests wait for a free connection where nginx answers 502");
    return peer.max_conns * (shared ? 1 : workers());
  }

  /// One server alone is never taken out by nginx.
  std::string failures_of(const Peer& peer) const {
    const bool alone = live_peers() < 2;
    if (alone || peer.down || peer.max_fails == 0 || peer.fail_timeout.count() == 0) return {};
    return fmt::format(" check inter {} rise 1 fall 1 observe {} error-limit {} on-error mark-down",
                       time_text(peer.fail_timeout), observed(peer), peer.max_fails);
  }

  /// HAProxy counts all statuses from 500 on, or none: where some are not named, none.
  std::string_view observed(const Peer& peer) const {
    const Found found = scope().find(directive("next_upstream"));
    std::size_t named = 0;
    for (std::size_t i = 0; found.last() && i < found.last().arg_count(); ++i) {
      if (found.last().arg(i).starts_with("http_5")) ++named;
    }
    constexpr std::size_t kAll = 4;  // 500, 502, 503, 504
    if (named == kAll) return "layer7";
    if (named != 0) {
      shared_.lose_once(Severity::kWarning, found.last(),
                        fmt::format("`max_fails` of {}: haproxy does not count some statuses and "
                                    "others not: none counts as a failure, and each is tried again",
                                    peer.address));
    }
    return "layer4";
  }

  std::string tls_words() {
    std::string out = " ssl";
    const std::string host = pass_.host;
    const std::string_view own_name = scope().value_or("proxy_ssl_name", "");
    const std::string name(own_name.empty() || own_name == "$proxy_host" ? host : own_name);
    const bool variable = has_variables(name);
    if (scope().flag_or("proxy_ssl_verify", false)) {
      out += fmt::format(" verify required ca-file {}",
                         word(scope().value_or("proxy_ssl_trusted_certificate", "@system-ca")));
      if (!variable) out += " verifyhost " + word(name);
    } else {
      out += " verify none";
    }
    if (!scope().flag_or("proxy_ssl_server_name", false)) return out;
    const auto sni = text_sample(shared_, {}, name, pass_.at);
    if (sni) out += " sni " + word(*sni);
    return out;
  }

  Shared& shared_;
  const Location& location_;
  const Pass& pass_;
  const Upstream& upstream_;
  Keeps keeps_;
  ServerGroup out_;
  int count_ = 0;
};

}  // namespace

ServerGroup server_group(Shared& shared, const Location& location) {
  return Maker(shared, location).run();
}

}  // namespace poolproof::translate::haproxy
