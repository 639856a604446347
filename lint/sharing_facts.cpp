// See sharing_facts.h. nginx looks for an idle connection by the address of the peer alone, and
// from 1.29.7 on, with `local`, by the location, too (ngx_http_upstream_get_keepalive_peer).
#include "lint/sharing_facts.h"

#include <algorithm>
#include <array>
#include <string>

#include "grammar/syntax/values.h"
#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/stale_facts.h"
#include "lint/told/advice.h"

namespace poolproof::lint {
namespace {

/// Paths of programs that log in by NTLM or Negotiate as they come: Exchange's.
constexpr std::array<std::string_view, 6> kExchange = {
    "/microsoft-server-activesync", "/rpc/rpcproxy.dll", "/rpcwithcert", "/ews", "/mapi", "/oab"};

constexpr std::array<std::string_view, 10> kTlsProfile = {
    "ssl_verify",       "ssl_trusted_certificate",
    "ssl_certificate",  "ssl_certificate_key",
    "ssl_name",         "ssl_server_name",
    "ssl_protocols",    "ssl_ciphers",
    "ssl_verify_depth", "ssl_crl"};

/// Where nobody said how many processes there are: PHP-FPM starts 5 where its packaged pool file is
/// left alone (pm.max_children), and who has more than this many has counted them.
constexpr std::uint64_t kManyProcesses = 16;
/// `auto` is a worker for each processor.
constexpr std::uint32_t kUsualWorkers = 4;

std::string tls_profile(const Location& location) {
  std::string out;
  for (const std::string_view setting : kTlsProfile) {
    const Directive at = location.scope->find(setting_name(location, setting)).last();
    for (std::size_t i = 0; at && i < at.arg_count(); ++i) out.append(at.arg(i)).append(" ");
    out += ';';
  }
  return out;
}

bool speaks_http2(const Location& user) {
  return user.pass->protocol == Protocol::kGrpc || user.http_version.value == HttpVersion::k2;
}

/// By the address: PHP-FPM's port, or a socket or host that is called after it.
bool looks_like_php(const Peer& peer) {
  const std::string_view address = peer.address;
  return address.ends_with(":9000") || address.find("php") != std::string_view::npos ||
         address.find("fpm") != std::string_view::npos;
}

/// The first two users for which `picks` says first and second.
template <class First, class Second>
Unlike pair_of(const Users& users, const First& first, const Second& second) {
  Unlike out;
  for (const Location* user : users) {
    if (!user->pass) continue;
    if (out.first == nullptr && first(*user)) out.first = user;
    if (out.second == nullptr && second(*user)) out.second = user;
  }
  return out.first != nullptr && out.second != nullptr ? out : Unlike{};
}

/// The first user of those that `counts`, and the first that says something else.
template <class Counts, class Says>
Unlike first_other(const Users& users, const Counts& counts, const Says& says) {
  Unlike out;
  for (const Location* user : users) {
    if (!user->pass || !counts(*user)) continue;
    if (out.first == nullptr) {
      out.first = user;
    } else if (says(*user) != says(*out.first)) {
      out.second = user;
      return out;
    }
  }
  return {};
}

bool is_asked_before(const RuleInput& input, Version version) {
  return input.bound.options().versions.last < version;
}

}  // namespace

bool is_asked_from(const RuleInput& input, Version version) {
  return input.bound.options().versions.first >= version;
}

std::string_view how_to_turn_off(const RuleInput& input) {
  if (is_asked_from(input, kPoolByDefault)) return " with `keepalive 0`";
  return is_asked_before(input, kPoolByDefault) ? " (no `keepalive`)" : "";
}

std::string_view or_local_pool(const RuleInput& input) {
  return is_asked_from(input, kPoolByDefault) ? ", or a `local` pool" : "";
}

Users users_of(const Upstream& upstream) {
  return {upstream.users.begin(), upstream.users.end()};
}

bool logs_in_by_connection(const Location& location) {
  const std::string pattern = in_lower_case(location.pattern);
  const bool exchange = std::any_of(kExchange.begin(), kExchange.end(), [&](std::string_view path) {
    return pattern == path || (pattern.starts_with(path) && pattern[path.size()] == '/');
  });
  if (exchange) return true;
  const auto passed = location.scope->find("proxy_pass_header").directives;
  return std::any_of(passed.begin(), passed.end(), [](const Directive at) {
    return equal_ignoring_case(at.arg(0), "WWW-Authenticate");
  });
}

Directive changing_bind(const Location& location) {
  const Directive at = location.scope->find(setting_name(location, "bind")).last();
  return at && has_variables(at.arg(0)) ? at : Directive();
}

bool binds_to_spread_ports(const EffectiveConfig& config, const Location& location) {
  const Directive at = changing_bind(location);
  if (!at || !at.arg(0).starts_with('$')) return false;
  const MapVariable* made_by = config.find_map(at.arg(0).substr(1));
  return made_by != nullptr && made_by->kind == MapKind::kSplitClients;
}

Directive changing_tls_setting(const EffectiveConfig& config, const Location& location,
                               std::string_view setting) {
  if (!location.pass || !location.pass->tls) return {};
  const Directive at = location.scope->find(setting_name(location, setting)).last();
  if (!at || !has_variables(at.arg(0))) return {};
  const PossibleValues values = possible_values(config, location, at.arg(0), RequestAssumption{});
  return values.complete && values.values.size() <= 1 ? Directive() : at;
}

Unlike unlike_tls(const Users& users) {
  return first_other(
      users, [](const Location& user) { return user.pass->tls; }, tls_profile);
}

Unlike unlike_schemes(const Users& users) {
  const auto over = [](bool tls) {
    return [tls](const Location& user) {
      return user.pass->protocol == Protocol::kHttp && user.pass->tls == tls;
    };
  };
  return pair_of(users, over(false), over(true));
}

Unlike unlike_versions(const Users& users) {
  const auto in = [](bool http2) {
    return [http2](const Location& user) {
      const Protocol protocol = user.pass->protocol;
      if (protocol != Protocol::kHttp && protocol != Protocol::kGrpc) return false;
      return speaks_http2(user) == http2;
    };
  };
  return pair_of(users, in(false), in(true));
}

Unlike unlike_binds(const Users& users) {
  const auto address = [](const Location& user) {
    return user.scope->value_or(setting_name(user, "bind"), "off");
  };
  return first_other(
      users, [](const Location& user) { return !changing_bind(user); }, address);
}

bool may_pin_processes(const RuleInput& input, const Upstream& upstream) {
  return !upstream.peers.empty() &&
         std::all_of(upstream.peers.begin(), upstream.peers.end(), [&](const Peer& peer) {
           const BackendNote note = input.backends.of(peer);
           return note.backend != nullptr ? note.pins_processes() : looks_like_php(peer);
         });
}

std::uint32_t told_processes(const RuleInput& input, const Upstream& upstream) {
  std::uint32_t least = 0;
  for (const Peer& peer : upstream.peers) {
    const auto told = input.backends.of(peer).max_connections.value_or(0);
    if (told != 0 && (least == 0 || told < least)) least = told;
  }
  return least;
}

bool may_hold_all_processes(const RuleInput& input, const Upstream& upstream) {
  const std::uint64_t kept = upstream.keepalive.value.connections;
  if (const std::uint32_t processes = told_processes(input, upstream); processes != 0) {
    return kept * worker_count(input).value_or(1) * input.told.instances >= processes;
  }
  const std::uint32_t workers =
      input.bound.is_snippet() ? kUsualWorkers : worker_count(input).value_or(kUsualWorkers);
  return kept * workers * input.told.instances >= kManyProcesses &&
         may_pin_processes(input, upstream);
}

bool mixes_locations(const Users& users) {
  return unlike_tls(users) || unlike_schemes(users) || unlike_versions(users) ||
         unlike_binds(users);
}

bool mixes_requests(const RuleInput& input, const Upstream& upstream) {
  return std::any_of(upstream.users.begin(), upstream.users.end(), [&](const Location* user) {
    if (!user->pass) return false;
    const bool bound = changing_bind(*user) && !binds_to_spread_ports(input.config, *user);
    return bound || changing_tls_setting(input.config, *user, "ssl_name") ||
           changing_tls_setting(input.config, *user, "ssl_certificate") ||
           (user->pass->protocol == Protocol::kHttp && logs_in_by_connection(*user));
  });
}

std::optional<Fix> pool_off_fix(const RuleInput& input, const Upstream& upstream) {
  const Origin& written = upstream.keepalive.origin;
  const Directive at = written.directive;
  const bool is_written = written.kind == OriginKind::kExplicit;
  if (is_asked_from(input, kPoolByDefault)) {
    if (!is_written) {
      return safe_fix("keep no idle connections", {insert_at_end(upstream.at, "keepalive 0;")});
    }
    std::vector<TextEdit> edits{replace_argument(at, 0, "0")};
    if (at.arg_count() > 1) edits.push_back(remove_argument(at, 1));
    return safe_fix("keep no idle connections", std::move(edits));
  }
  if (!is_asked_before(input, kPoolByDefault) || !is_written) return std::nullopt;
  return safe_fix("keep no idle connections", {remove_statement(at)});
}

std::optional<Fix> local_pool_fix(const RuleInput& input, const Upstream& upstream) {
  const Origin& written = upstream.keepalive.origin;
  if (!is_asked_from(input, kPoolByDefault) || written.kind != OriginKind::kExplicit) {
    return std::nullopt;
  }
  if (upstream.keepalive.value.local) return std::nullopt;
  return safe_fix("give each location a part of its own",
                  {insert_argument(written.directive, "local")});
}

}  // namespace poolproof::lint
