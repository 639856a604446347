// What nginx 1.22.1 does with a group (ngx_http_upstream_round_robin and its like) in Caddy's
// words.
#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "grammar/config/pass_target.h"
#include "grammar/syntax/values.h"
#include "translate/caddy/proxy.h"
#include "translate/caddy/words.h"

namespace poolproof::translate::caddy {
namespace {

constexpr int kMostRepeats = 64;

class Maker {
 public:
  Maker(Shared& shared, const Location& location)
      : shared_(shared),
        location_(location),
        pass_(*location.pass),
        upstream_(*location.pass->upstream) {
    for (const Peer& peer : upstream_.peers) {
      if (peer.down) continue;
      (peer.backup ? backups_ : turns_).push_back(&peer);
    }
  }

  Lines run() {
    add_peers();
    if (live_.size() > 1 || repeats_ > 1) out_.add("lb_policy " + policy());
    add_retries();
    add_failures();
    add_limits();
    return std::move(out_);
  }

 private:
  const Scope& scope() const { return *location_.scope; }
  std::string directive(std::string_view rest) const {
    return fmt::format("{}_{}", pass_.protocol == Protocol::kFastcgi ? "fastcgi" : "proxy", rest);
  }
  void lose(Severity severity, Directive at, std::string message) {
    shared_.lose(severity, at ? at : pass_.at, std::move(message));
  }

  // --- servers -----------------------------------------------------------------------------------

  /// Caddy's `first` is what one server with others behind it does.
  bool is_first_of() const { return turns_.size() == 1 && !backups_.empty(); }

  void add_peers() {
    live_ = turns_;
    if (is_first_of()) {
      live_.insert(live_.end(), backups_.begin(), backups_.end());
    } else {
      for (const Peer* peer : backups_) {
        lose(Severity::kError, peer->at,
             "`backup` of several servers is not translated to caddy: this server is left out");
      }
    }
    if (live_.empty()) {
      lose(Severity::kError, upstream_.at, "this upstream has no server: caddy answers 503");
      return;
    }
    const int unit = common_weight();
    for (const Peer* peer : live_) {
      const int times = is_first_of() || unit == 0 ? 1 : peer->weight / unit;
      repeats_ = std::max(repeats_, times);
      std::string line = "to";
      for (int i = 0; i < times; ++i) line += " " + word(literal(address_of(*peer)));
      out_.add(line + fmt::format("  # {}", shared_.place(peer->at ? peer->at : pass_.at)));
      tell_name(*peer);
    }
  }

  /// A server is named as often as its weight says. 0: that would be too often.
  int common_weight() {
    int unit = 0, sum = 0;
    for (const Peer* peer : live_) {
      unit = std::gcd(unit, peer->weight);
      sum += peer->weight;
    }
    if (unit == 0 || is_first_of() || sum / unit <= kMostRepeats) return unit;
    for (const Peer* peer : live_) {
      if (peer->weight == 1) continue;
      lose(Severity::kError, peer->at,
           "caddy has no weights, and servers cannot be repeated so often: they take equal turns");
    }
    return 0;
  }

  std::string address_of(const Peer& peer) const {
    std::string_view text = peer.address;
    if (text.starts_with("unix:")) {
      text.remove_prefix(5);
      if (text.ends_with(':')) text.remove_suffix(1);
      return fmt::format("unix/{}", text);
    }
    const auto parts = split_host_port(text);
    if (parts && parts->port != 0) return std::string(text);
    return fmt::format("{}:{}", text, pass_.port != 0 ? pass_.port : pass_.tls ? 443 : 80);
  }

  void tell_name(const Peer& peer) {
    const std::string_view text = peer.address;
    const bool is_name = !text.starts_with("unix:") && !text.starts_with('[') &&
                         std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A'; });
    if (!is_name) return;
    lose(Severity::kWarning, peer.at,
         fmt::format("caddy looks {} up at each connection, nginx at its start, and takes turns "
                     "with all addresses",
                     peer.address));
  }

  // --- choosing one ------------------------------------------------------------------------------

  std::string policy() {
    if (is_first_of()) return "first";
    const Directive at = upstream_.balancer_directive;
    switch (upstream_.balancer.value) {
      case Balancer::kRoundRobin:
        return "round_robin";
      case Balancer::kLeastConn:
        return "least_conn";
      case Balancer::kRandom:
        return "random";
      case Balancer::kRandomTwoLeastConn:
        return "random_choose 2";
      case Balancer::kIpHash:
        tell_other_hash(at);
        return "ip_hash";
      case Balancer::kHash:
      case Balancer::kHashConsistent:
        if (const std::string hash = hash_policy(at.arg(0)); !hash.empty()) {
          tell_other_hash(at);
          return hash;
        }
        break;
      case Balancer::kSticky:
      case Balancer::kOther:
        break;
    }
    lose(Severity::kError, at,
         fmt::format("this `{}` is not translated to caddy: servers take turns", at.name()));
    return "round_robin";
  }

  static std::string hash_policy(std::string_view key) {
    if (key == "$request_uri" || key == "${request_uri}") return "uri_hash";
    if (key == "$remote_addr" || key == "$binary_remote_addr") return "ip_hash";
    if (!key.starts_with("$http_")) return {};
    std::string field(key.substr(6));
    if (identifier(field) != field) return {};
    std::replace(field.begin(), field.end(), '_', '-');
    return "header " + field;
  }

  void tell_other_hash(Directive at) {
    lose(Severity::kWarning, at,
         fmt::format("`{}`: caddy hashes otherwise: what belongs together stays together, but on "
                     "another server than with nginx",
                     at.name()));
  }

  // --- trying another ----------------------------------------------------------------------------

  void add_retries() {
    const Found found = scope().find(directive("next_upstream"));
    bool off = false, others = false;
    std::string methods = "GET HEAD PUT DELETE OPTIONS TRACE";
    for (std::size_t i = 0; found.last() && i < found.last().arg_count(); ++i) {
      const std::string_view when = found.last().arg(i);
      off = off || when == "off";
      others = others || when.starts_with("http_") || when == "invalid_header";
      if (when == "non_idempotent") methods += " POST PATCH";
    }
    if (others) {
      lose(Severity::kError, found.last(),
           fmt::format("`{}`: caddy tries another server only after errors and timeouts",
                       found.last().name()));
    }
    std::size_t tries = off ? 1 : live_.size();
    const auto limit = parse_number(scope().value_or(directive("next_upstream_tries"), "0"));
    if (limit.value_or(0) > 0) tries = std::min(tries, static_cast<std::size_t>(*limit));
    if (tries < 2) return;
    out_.add(fmt::format("lb_retries {}", tries - 1));
    out_.open("lb_retry_match");
    out_.add("method " + methods);
    out_.close();
    // A body that was not kept is gone once a server was tried.
    if (scope().flag_or(directive("request_buffering"), true)) out_.add("buffer_requests");
  }

  /// One server alone is never taken out by nginx.
  void add_failures() {
    if (live_.size() < 2) return;
    const Peer& first = *live_.front();
    for (const Peer* peer : live_) {
      if (peer->max_fails == first.max_fails && peer->fail_timeout == first.fail_timeout) continue;
      lose(Severity::kWarning, peer->at,
           "`max_fails` and `fail_timeout` of the first server hold for all in caddy");
    }
    if (first.max_fails == 0 || first.fail_timeout.count() == 0) return;
    out_.add("fail_duration " + time_text(first.fail_timeout));
    out_.add(fmt::format("max_fails {}", first.max_fails));
    counts_failures_ = true;
  }

  void add_limits() {
    const auto limited = std::find_if(live_.begin(), live_.end(),
                                      [](const Peer* peer) { return peer->max_conns != 0; });
    if (limited == live_.end()) return;
    const int limit = live_.front()->max_conns;
    const bool same = std::all_of(live_.begin(), live_.end(),
                                  [&](const Peer* peer) { return peer->max_conns == limit; });
    if (!same) {
      lose(Severity::kError, (*limited)->at,
           "`max_conns` of single servers is not translated to caddy: there is no limit");
      return;
    }
    const bool shared = upstream_.scope != nullptr && !upstream_.scope->own("zone").empty();
    const auto workers =
        parse_number(shared_.config().main().value_or("worker_processes", "1")).value_or(1);
    out_.add(fmt::format("unhealthy_request_count {}", limit * (shared ? 1 : workers)));
    // With no number here Caddy 2.6 takes the server for a failed one.
    if (!counts_failures_) out_.add("max_fails 1");
  }

  Shared& shared_;
  const Location& location_;
  const Pass& pass_;
  const Upstream& upstream_;
  std::vector<const Peer*> turns_, backups_, live_;
  int repeats_ = 0;
  bool counts_failures_ = false;
  Lines out_;
};

}  // namespace

Lines upstream_lines(Shared& shared, const Location& location) {
  return Maker(shared, location).run();
}

}  // namespace poolproof::translate::caddy
