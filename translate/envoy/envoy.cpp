// The target envoy: a static bootstrap with a listener for each address and a cluster for each
// group of servers.
#include <map>

#include <fmt/format.h>

#include "translate/envoy/connection_manager.h"
#include "translate/envoy/coverage_table.h"
#include "translate/envoy/routes.h"
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

  Tree run() {
    const std::string name = listener_.address.starts_with("unix:")
                                 ? listener_.address
                                 : fmt::format("{}:{}", listener_.address, listener_.port);
    Tree out = Tree::map().set("name", Tree::text(name));
    out.set("address", address());
    Tree chains = filter_chains(name);
    add_listener_filters(out);
    out.set("filter_chains", std::move(chains));
    if (listener_.quic) {
      shared_.warn(listener_.at,
                   "`quic` is not translated to envoy: clients use HTTP/1.1 or HTTP/2");
    }
    return std::move(out).say(shared_.place(listener_.at));
  }

 private:
  Tree address() const {
    if (!listener_.address.starts_with("unix:")) {
      return socket_address(listener_.address, listener_.port);
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
    if (named.empty()) return out.add(chain(*listener_.fallback, std::move(filters))), out;
    // The filters are the same whatever certificate a client has seen.
    const std::string anchor = fmt::format("filters_{}", listener_.port);
    out.add(chain(*listener_.fallback, std::move(filters).name(anchor)));
    for (const Chain& each : named) {
      Tree one = Tree::map().set("filter_chain_match", Tree::map().set("server_names", each.names));
      one.set("filters", Tree::same_as(anchor));
      out.add(with_tls(std::move(one), *each.server).say(shared_.place(each.server->at)));
    }
    return out;
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
      differs = differs || own != usual;
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

  Shared& shared_;
  Clusters& clusters_;
  const Listener& listener_;
  bool by_name_ = false;
};

std::string opening(const EffectiveConfig& config) {
  return fmt::format(
      "# For Envoy 1.30 and later: behaves as nginx {} does with the configuration.\n",
      to_string(config.version()));
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
    shared.gate = {listener.tls, listener.port, strips_port(listener)};
    listeners.add(Gatekeeper(shared, clusters, listener).run());
  }
  tell_uncovered(config, "envoy", coverage_table(), out);
  Tree resources = Tree::map().set("listeners", std::move(listeners));
  resources.set("clusters", std::move(clusters).list());
  Tree bootstrap = Tree::map().set("static_resources", std::move(resources));
  out.files.push_back({"envoy.yaml", bootstrap.yaml(opening(config))});
  return out;
}

}  // namespace poolproof::translate
