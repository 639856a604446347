// The connections to the upstream: how long they may take, and whether they are kept.
#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/caddy/fastcgi.h"
#include "translate/caddy/proxy.h"
#include "translate/caddy/words.h"
#include "translate/reuse.h"

namespace poolproof::translate::caddy {
namespace {

using std::chrono::milliseconds;

class Maker {
 public:
  Maker(Shared& shared, const TextPlace& place)
      : shared_(shared),
        place_(place),
        pass_(*place.location->pass),
        upstream_(*pass_.upstream),
        keeps_(keeps_connections(shared.config(), *place.location)) {}

  Lines run() {
    const bool http = pass_.protocol == Protocol::kHttp;
    if (!scope().flag_or(http ? "proxy_buffering" : "fastcgi_buffering", true)) {
      out_.add("flush_interval -1");
    }
    out_.open(http ? "transport http" : "transport fastcgi");
    if (http) {
      if (pass_.tls) add_tls();
      out_.add("versions 1.1");
      out_.add("compression off");
    } else {
      out_.append(fastcgi_lines(shared_, place_));
    }
    add_timeouts(http ? "proxy" : "fastcgi");
    if (http) {
      add_pool();
    } else if (keeps_ != Keeps::kNever) {
      lose(Severity::kWarning, upstream_.at,
           "connections to FastCGI servers are kept here; caddy opens one for each request");
    }
    out_.close();
    return std::move(out_);
  }

 private:
  const Scope& scope() const { return *place_.location->scope; }
  void lose(Severity severity, Directive at, std::string message) {
    shared_.lose(severity, at, std::move(message));
  }

  void add_timeouts(std::string_view protocol) {
    for (const auto& [ours, theirs] :
         {std::pair{"dial_timeout", "connect_timeout"}, std::pair{"read_timeout", "read_timeout"},
          std::pair{"write_timeout", "send_timeout"}}) {
      const auto time = parse_time(scope().value_or(fmt::format("{}_{}", protocol, theirs), "60s"));
      if (time) out_.add(fmt::format("{} {}", ours, time_text(*time)));
    }
  }

  // --- TLS ---------------------------------------------------------------------------------------

  void add_tls() {
    out_.add("tls");
    const std::string_view own_name = scope().value_or("proxy_ssl_name", "");
    const std::string_view name =
        own_name.empty() || own_name == "$proxy_host" ? std::string_view(pass_.host) : own_name;
    const bool verifies = scope().flag_or("proxy_ssl_verify", false);
    if (has_variables(name)) {
      lose(Severity::kError, scope().find("proxy_ssl_name").last(),
           "`proxy_ssl_name` with variables is not translated to caddy");
    } else if (scope().flag_or("proxy_ssl_server_name", false) || verifies) {
      out_.add("tls_server_name " + word(literal(name)));
    }
    if (!scope().flag_or("proxy_ssl_server_name", false)) {
      lose(Severity::kWarning, pass_.at,
           "caddy names the server in the TLS handshake, nginx does not here");
    }
    if (!verifies) return out_.add("tls_insecure_skip_verify");
    const std::string_view file = scope().value_or("proxy_ssl_trusted_certificate", "");
    if (!file.empty()) out_.add("tls_trusted_ca_certs " + word(literal(file)));
  }

  // --- the pool ----------------------------------------------------------------------------------

  void add_pool() {
    if (keeps_ == Keeps::kNever) return out_.add("keepalive off");
    const auto workers =
        parse_number(shared_.config().main().value_or("worker_processes", "1")).value_or(1);
    const auto idle = static_cast<std::int64_t>(upstream_.keepalive.value.connections) * workers;
    out_.add("keepalive " +
             time_text(std::max(upstream_.keepalive_timeout.value, milliseconds{1})));
    out_.add(fmt::format("keepalive_idle_conns {}", idle));
    out_.add(fmt::format("keepalive_idle_conns_per_host {}", idle));
    if (keeps_ == Keeps::kDepends) {
      lose(Severity::kWarning, pass_.at,
           "connections are kept here as the client says; caddy keeps all of them");
    }
    for (const Directive at : {upstream_.keepalive_requests.origin.directive,
                               upstream_.keepalive_time.origin.directive}) {
      if (!at) continue;
      lose(Severity::kWarning, at,
           fmt::format("`{}` of an upstream is not translated to caddy: its connections have no "
                       "such limit",
                       at.name()));
    }
  }

  Shared& shared_;
  const TextPlace& place_;
  const Pass& pass_;
  const Upstream& upstream_;
  Keeps keeps_;
  Lines out_;
};

}  // namespace

Lines transport_lines(Shared& shared, const TextPlace& place) {
  return Maker(shared, place).run();
}

}  // namespace poolproof::translate::caddy
