// The target envoy: a static bootstrap with a listener for each address and a cluster for each
// group of servers.
#include <map>

#include <fmt/format.h>

#include "translate/envoy/connection_manager.h"
#include "translate/envoy/coverage_table.h"
#include "translate/envoy/survey.h"
#include "translate/envoy/tls.h"
#include "translate/targets.h"

namespace poolproof::translate {
namespace envoy {
namespace {

/// Servers of a listener with the same certificates.
struct Chain {
  const Server* server = nullptr;
  Tree names = Tree::list();
};

Tree filter_of(std::string_view name, std::string_view type) {
  return Tree::map().set("name", Tree::text(name)).set("typed_config", Tree::typed(type));
}

class Gatekeeper {
 public:
  Gatekeeper(Shared& shared, Clusters& clusters, const Listener& listener)
      : shared_(shared), clusters_(clusters), listener_(listener) {}

  /// Nothing if it could only refuse clients.
  std::optional<Tree> run() {
    const std::string name = listener_.address.starts_with("unix:")
                                 ? listener_.address
                                 : fmt::format("{}:{}", listener_.address, listener_.port);
    Tree out = Tree::map().set("name", Tree::text(name));
    out.set("address", address());
    Tree chains = filter_chains(name);
    if (chains.empty()) return std::nullopt;
    add_listener_filters(out);
    out.set("filter_chains", std::move(chains));
    if (listener_.quic) {
      shared_.warn(listener_.at,
                   "`quic` is not translated to envoy: clients use HTTP/1.1 or HTTP/2");
    }
    return std::move(out).say(place_of(listener_.at));
  }

 private:
  Tree address() const {
    if (!listener_.address.starts_with("unix:")) {
      return socket_address(listener_.address, listener_.port, listener_.also_v4);
    }
    const std::string_view path = std::string_view(listener_.address).substr(5);
    return Tree::map().set("pipe", Tree::map().set("path", Tree::text(path)));
  }

  void add_listener_filters(Tree& out) const {
    Tree filters = Tree::list();
    if (listener_.proxy_protocol) {
      filters.add(filter_of("envoy.filters.listener.proxy_protocol",
                            "envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol"));
    }
    if (by_name_) {
      filters.add(filter_of("envoy.filters.listener.tls_inspector",
                            "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"));
    }
    if (!filters.empty()) out.set("listener_filters", std::move(filters));
  }

  Tree filter_chains(std::string_view name) {
    Tree filters = Tree::list().add(connection_manager(shared_, clusters_, listener_, name));
    Tree out = Tree::list();
    const std::vector<Chain> named = listener_.tls ? chains() : std::vector<Chain>();
    by_name_ = !named.empty();
    // The filters are the same whatever certificate a client has seen.
    const std::string anchor = fmt::format("filters-{}", shared_.listeners + 1);
    bool is_said = false;
    const auto same_filters = [&] {
      if (is_said) return Tree::same_as(anchor);
      is_said = true;
      return named.empty() ? std::move(filters) : std::move(filters).name(anchor);
    };
    for (const Chain& each : named) {
      Tree one = Tree::map().set("filter_chain_match", Tree::map().set("server_names", each.names));
      one.set("filters", same_filters());
      out.add(with_tls(std::move(one), *each.server).say(place_of(each.server->at)));
    }
    if (!refuses(*listener_.fallback)) out.add(chain(*listener_.fallback, same_filters()));
    return out;
  }

  /// Without a chain for it a handshake fails.
  bool refuses(const Server& server) const {
    return listener_.tls && server.scope->flag_or("ssl_reject_handshake", false);
  }

  Tree chain(const Server& server, Tree filters) {
    return with_tls(Tree::map().set("filters", std::move(filters)), server);
  }

  Tree with_tls(Tree chain, const Server& server) {
    if (!listener_.tls) return chain;
    const bool http2 = listener_.http2 || listener_.fallback->scope->flag_or("http2", false);
    return std::move(chain).set("transport_socket", downstream_tls(shared_, server, http2));
  }

  /// None where all servers show the same certificates.
  std::vector<Chain> chains() {
    const std::string usual = tls_settings(*listener_.fallback);
    std::map<std::string, std::size_t> known;
    std::vector<Chain> out;
    bool differs = false;
    for (const HostRule& rule : listener_.hosts) {
      const std::string own = tls_settings(*rule.server);
      differs = differs || own != usual || refuses(*listener_.fallback);
      if (refuses(*rule.server)) {
        if (!refuses(*listener_.fallback)) tell_refused(rule);
        continue;
      }
      const bool is_said = (rule.kind == ServerNameKind::kExact && !rule.text.empty()) ||
                           rule.kind == ServerNameKind::kLeadingWildcard;
      if (!is_said) {
        if (own == usual) continue;
        shared_.error(rule.at, fmt::format("the certificate for the name `{}` is not translated to "
                                           "envoy: clients get that of the default server",
                                           rule.text));
        continue;
      }
      const auto [at, is_new] = known.try_emplace(own, out.size());
      if (is_new) out.push_back({rule.server});
      out[at->second].names.add(Tree::text(rule.text));
    }
    if (!differs) out.clear();
    return out;
  }

  void tell_refused(const HostRule& rule) {
    shared_.error(
        rule.server->scope->find("ssl_reject_handshake").last(),
        fmt::format("`ssl_reject_handshake` is translated to envoy for default servers "
                    "only: clients that ask for `{}` get the default server's certificate",
                    rule.text));
  }

  Shared& shared_;
  Clusters& clusters_;
  const Listener& listener_;
  bool by_name_ = false;
};

std::string opening(const EffectiveConfig& config, const Translation& told) {
  std::string out =
      fmt::format("# For Envoy 1.30 and later, from {}: behaves as nginx {} does with it.\n",
                  one_line(config.bound().main_path()), to_string(config.version()));
  for (const std::string& loss : not_said(config, told)) out += "# NOT SAID: " + loss + "\n";
  return out;
}

}  // namespace
}  // namespace envoy

Translation to_envoy(const EffectiveConfig& config) {
  using namespace envoy;
  Translation out;
  Shared shared{.config = config, .out = out};
  Clusters clusters(shared);
  Tree listeners = Tree::list();
  for (const Listener& listener : listeners_of(config)) {
    shared.gate = survey(config, listener);
    if (auto made = Gatekeeper(shared, clusters, listener).run()) listeners.add(std::move(*made));
    ++shared.listeners;
  }
  tell_uncovered(config, "envoy", coverage_table(), out);
  Tree resources = Tree::map().set("listeners", std::move(listeners));
  resources.set("clusters", std::move(clusters).list());
  Tree bootstrap = Tree::map().set("static_resources", std::move(resources));
  out.files.push_back({"envoy.yaml", bootstrap.yaml(opening(config, out))});
  return out;
}

}  // namespace poolproof::translate
