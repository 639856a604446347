// The server is found by Host, whatever the name in the TLS handshake was, so all sites of a
// listener do the same; they differ in the certificate.
#include "translate/caddy/sites.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/caddy/servers.h"
#include "translate/caddy/words.h"

namespace poolproof::translate::caddy {
namespace {

bool do_the_same(const Listener& a, const Listener& b) {
  const bool sockets = a.address.starts_with("unix:") || b.address.starts_with("unix:");
  return !sockets && a.port == b.port && a.tls == b.tls && a.http2 == b.http2 && a.quic == b.quic &&
         a.proxy_protocol == b.proxy_protocol && a.servers == b.servers && a.fallback == b.fallback;
}

std::string bind_word(const Listener& listener) {
  const std::string_view address = listener.address;
  if (address.starts_with("unix:")) return fmt::format("unix/{}", address.substr(5));
  if (address.find(':') != std::string_view::npos) return fmt::format("tcp6/[{}]", address);
  return std::string(address);
}

class Sites {
 public:
  Sites(Shared& shared, const Group& group)
      : shared_(shared), group_(group), listener_(*group.listeners.front()) {}

  std::string run() {
    if (listener_.proxy_protocol) {
      const std::string why = "Caddy 2.6 does not read the PROXY protocol: it does not listen here";
      shared_.lose(Severity::kError, listener_.at, why);
      return fmt::format("\n# {}: {}\n", shared_.place(listener_.at), why);
    }
    if (listener_.tls && listener_.port == 80) {
      const std::string why = "caddy speaks no TLS on port 80: it does not listen here";
      shared_.lose(Severity::kError, listener_.at, why);
      return fmt::format("\n# {}: {}\n", shared_.place(listener_.at), why);
    }
    Lines body;
    body.open("route");
    const Lines inside = servers();
    if (shared_.has_definitions()) body.add("import definitions");
    body.append(inside);
    body.close();
    if (!listener_.tls) return site(address({}), {}, body);
    return tls_sites(body);
  }

 private:
  // --- addresses ---------------------------------------------------------------------------------

  std::string address(std::string_view host) const {
    const std::string_view scheme = listener_.tls ? "https" : "http";
    if (listener_.address.starts_with("unix:")) return fmt::format("{}://{}", scheme, host);
    // With the scheme it would refuse that port.
    if (!listener_.tls && listener_.port == 443) return fmt::format("{}:443", host);
    return fmt::format("{}://{}:{}", scheme, host, listener_.port);
  }

  std::string site(const std::string& addresses, const Lines& tls, const Lines& body) const {
    Lines out;
    std::string binds;
    for (const Listener* each : group_.listeners) {
      out.add("# " + shared_.place(each->at));
      binds += " " + word(bind_word(*each));
    }
    out.open(addresses);
    out.add("bind" + binds);
    out.append(tls);
    out.append(body);
    out.close();
    return "\n" + out.text();
  }

  /// A site for each certificate, and one for all other names.
  std::string tls_sites(const Lines& body) {
    const std::string snippet = shared_.number("listener");
    Lines common;
    common.open(fmt::format("({})", snippet));
    common.append(body);
    common.close();
    std::string out = "\n" + common.text();
    Lines import;
    import.add("import " + snippet);
    for (const Server* server : listener_.servers) {
      if (server == listener_.fallback) continue;
      const std::string names = addresses_of(*server);
      if (names.empty()) continue;
      out += site(names, tls_lines(shared_, *server), import);
    }
    return out + site(address({}), tls_lines(shared_, *listener_.fallback), import);
  }

  std::string addresses_of(const Server& server) {
    std::string out;
    for (const HostRule& rule : listener_.hosts) {
      if (rule.server != &server || rule.text.empty()) continue;
      const bool exact = rule.kind == ServerNameKind::kExact;
      if (!exact && rule.kind != ServerNameKind::kLeadingWildcard) {
        shared_.lose(Severity::kError, rule.at,
                     "caddy finds certificates by names and `*.name` only: for this one the "
                     "default server's is sent");
        continue;
      }
      if (!exact) {
        shared_.lose(Severity::kWarning, rule.at,
                     "caddy's `*` in the name of a certificate stands for one label");
      }
      out += (out.empty() ? "" : ", ") + address(rule.text);
    }
    return out;
  }

  // --- servers -----------------------------------------------------------------------------------

  Lines servers() {
    Lines out;
    drops_alike_ =
        std::all_of(listener_.servers.begin(), listener_.servers.end(), [&](const Server* server) {
          return keeps_underscores(*server) == keeps_underscores(*listener_.fallback);
        });
    if (drops_alike_ && !keeps_underscores(*listener_.fallback)) out.add("request_header -*_*");
    rules_ = needed_rules();
    for (const HostRule* rule : rules_) {
      if (!said_.contains(rule)) out.append(server_block(*rule));
    }
    if (!rules_.empty()) {
      out.add(fmt::format("# {}: any other host", shared_.place(listener_.fallback->at)));
    }
    out.append(server(TextPlace{&listener_, listener_.fallback, nullptr, {}}));
    return out;
  }

  /// The default server's own names matter only where another rule comes later that could match.
  std::vector<const HostRule*> needed_rules() const {
    std::vector<const HostRule*> out;
    bool other_pattern_follows = false;
    for (auto rule = listener_.hosts.rbegin(); rule != listener_.hosts.rend(); ++rule) {
      if (rule->server != listener_.fallback) {
        other_pattern_follows = other_pattern_follows || rule->kind != ServerNameKind::kExact;
        out.push_back(&*rule);
      } else if (other_pattern_follows) {
        out.push_back(&*rule);
      }
    }
    std::reverse(out.begin(), out.end());
    return out;
  }

  Lines server_block(const HostRule& rule) {
    Lines out;
    const std::string name = shared_.number("host");
    TextPlace place{&listener_, rule.server, nullptr, {}};
    std::string matcher;
    if (rule.kind == ServerNameKind::kExact) {
      // Names do not exclude one another, so those of a server may stand together.
      matcher = "host";
      for (const HostRule* each : rules_) {
        if (each->server != rule.server || each->kind != ServerNameKind::kExact) continue;
        said_.insert(each);
        if (each->text.empty()) {
          matcher += " ``";
        } else {
          matcher += fmt::format(" {0} {0}.", word(literal(each->text)));
        }
      }
    } else {
      const auto pattern = pattern_of(rule);
      if (!pattern) {
        shared_.lose(
            Severity::kError, rule.at,
            fmt::format("caddy has no such expression: the name `~{}` is left out", rule.text));
        return out;
      }
      if (has_groups(*pattern)) place.captures.push_back({name, *pattern});
      matcher = fmt::format("vars_regexp {} {{http.request.host}} {}", name, word(*pattern));
    }
    out.add(fmt::format("# {}", shared_.place(rule.at ? rule.at : rule.server->at)));
    out.add(fmt::format("@{} {}", name, matcher));
    out.open("route @" + name);
    out.append(server(place));
    out.close();
    return out;
  }

  /// Fields whose names have underscores are dropped.
  static bool keeps_underscores(const Server& server) {
    return server.scope->flag_or("underscores_in_headers", false);
  }

  Lines server(const TextPlace& place) {
    Lines out;
    if (!drops_alike_ && !keeps_underscores(*place.server)) out.add("request_header -*_*");
    out.append(shared_server(place));
    return out;
  }

  /// What belongs to several names stands in one place.
  Lines shared_server(const TextPlace& place) {
    const auto names = std::count_if(rules_.begin(), rules_.end(), [&](const HostRule* rule) {
      return rule->server == place.server;
    });
    const bool alone = names + (place.server == listener_.fallback ? 1 : 0) < 2;
    if (alone || !place.captures.empty()) return server_lines(shared_, place);
    const auto [known, is_new] = imports_.try_emplace(place.server);
    if (is_new) known->second = shared_.shared_lines("server", server_lines(shared_, place));
    // A matcher must not be defined again inside the place where it is defined.
    Lines out;
    out.open("route");
    out.add(known->second);
    out.close();
    return out;
  }

  static bool has_groups(std::string_view pattern) {
    return pattern.find("(?P<") != std::string_view::npos ||
           std::count(pattern.begin(), pattern.end(), '(') > 1;
  }

  static std::optional<std::string> pattern_of(const HostRule& rule) {
    switch (rule.kind) {
      case ServerNameKind::kLeadingWildcard:
        return fmt::format("(?i)^.+{}\\.?$", quoted_pattern(rule.text.substr(1)));
      case ServerNameKind::kTrailingWildcard:
        return fmt::format("(?i)^{}.", quoted_pattern(rule.text.substr(0, rule.text.size() - 1)));
      default:
        return go_pattern(rule.text, true);
    }
  }

  Shared& shared_;
  const Group& group_;
  const Listener& listener_;
  std::vector<const HostRule*> rules_;
  std::set<const HostRule*> said_;
  std::map<const Server*, std::string> imports_;
  bool drops_alike_ = true;  // the same fields, whatever the server
};

}  // namespace

std::vector<Group> groups_of(const std::vector<Listener>& listeners) {
  std::vector<Group> out;
  for (const Listener& listener : listeners) {
    const auto same = std::find_if(out.begin(), out.end(), [&](const Group& group) {
      return do_the_same(*group.listeners.front(), listener);
    });
    if (same == out.end()) {
      out.push_back({{&listener}});
    } else {
      same->listeners.push_back(&listener);
    }
  }
  return out;
}

std::string sites_of(Shared& shared, const Group& group) {
  return Sites(shared, group).run();
}

Lines options_of(Shared& shared, const Group& group) {
  const Listener& listener = *group.listeners.front();
  const Scope& scope = *listener.fallback->scope;
  Lines out;
  for (const Listener* each : group.listeners) {
    const bool socket = each->address.starts_with("unix:");
    out.open(fmt::format(
        "servers {}",
        word(socket ? bind_word(*each) : fmt::format("{}:{}", bind_word(*each), each->port))));
    const bool http2 = listener.tls && (listener.http2 || scope.flag_or("http2", false));
    out.add(http2 ? "protocols h1 h2" : "protocols h1");
    out.open("timeouts");
    const auto head = parse_time(scope.value_or("client_header_timeout", "60s"));
    const auto idle = parse_time(scope.value_or("keepalive_timeout", "75s"));
    if (head) out.add("read_header " + time_text(*head));
    if (idle) out.add("idle " + time_text(std::max(*idle, std::chrono::milliseconds{1})));
    out.close();
    out.close();
  }
  if (listener.quic) {
    shared.lose(Severity::kWarning, listener.at,
                "`quic` is not translated to caddy: clients use HTTP/1.1 or HTTP/2");
  }
  return out;
}

}  // namespace poolproof::translate::caddy
