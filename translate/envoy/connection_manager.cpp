// See connection_manager.h. What Envoy does of its own accord and nginx does not is switched off.
#include "translate/envoy/connection_manager.h"

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/envoy/limits.h"
#include "translate/envoy/operators.h"
#include "translate/envoy/routes.h"

namespace poolproof::translate::envoy {
namespace {

using std::chrono::milliseconds;

Tree router() {
  Tree config = Tree::typed("envoy.extensions.filters.http.router.v3.Router");
  config.set("suppress_envoy_headers", Tree::yes());
  return Tree::map()
      .set("name", Tree::text("envoy.filters.http.router"))
      .set("typed_config", std::move(config));
}

class Manager {
 public:
  Manager(Shared& shared, const Listener& listener)
      : shared_(shared), listener_(listener), scope_(*listener.fallback->scope) {}

  Tree run(Clusters& clusters, std::string_view name) {
    out_.set("stat_prefix", Tree::text(name));
    const bool http2 = listener_.http2 || scope_.flag_or("http2", false);
    out_.set("codec_type", Tree::word(http2 ? "AUTO" : "HTTP1"));
    add_paths();
    add_clients_headers();
    add_connections();
    add_replies();
    Tree logs = access_logs(shared_, listener_);
    if (!logs.empty()) out_.set("access_log", std::move(logs));
    out_.set("http_filters", Tree::list().add(buffer_filter()).add(router()));
    out_.set("upgrade_configs", Tree::list().add(websocket()));
    out_.set("route_config", route_configuration(shared_, clusters, listener_, name));
    return Tree::map()
        .set("name", Tree::text("envoy.filters.network.http_connection_manager"))
        .set("typed_config", std::move(out_));
  }

 private:
  void add_paths() {
    out_.set("normalize_path", Tree::yes());
    out_.set("merge_slashes", flag("merge_slashes", true));
    out_.set("path_with_escaped_slashes_action", Tree::word("UNESCAPE_AND_FORWARD"));
    out_.set("strip_trailing_host_dot", Tree::yes());
    if (shared_.gate.strips_port) out_.set("strip_any_host_port", Tree::yes());
    shared_.once(Severity::kWarning, listener_.at,
                 "paths: envoy passes on what it compares, with dots and slashes resolved, and "
                 "decodes letters, digits, `-._~` and slashes only; nginx compares the decoded "
                 "path and passes on what the client wrote");
  }

  Tree flag(std::string_view name, bool fallback) const {
    return scope_.flag_or(name, fallback) ? Tree::yes() : Tree::no();
  }

  void add_clients_headers() {
    // Else clients could steer Envoy with fields of its own.
    out_.set("use_remote_address", Tree::yes());
    out_.set("skip_xff_append", Tree::yes());
    out_.set("generate_request_id", Tree::no());
    out_.set("server_header_transformation", Tree::word("PASS_THROUGH"));
    Tree kept =
        header_option(kClientsProtocol, "%REQ(x-forwarded-proto)%", "OVERWRITE_IF_EXISTS_OR_ADD");
    Tree mutations = Tree::list().add(Tree::map().set("append", std::move(kept)));
    Tree config =
        Tree::typed("envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation")
            .set("mutations", std::move(mutations));
    Tree extension =
        Tree::map()
            .set("name", Tree::text("envoy.http.early_header_mutation.header_mutation"))
            .set("typed_config", std::move(config));
    out_.set("early_header_mutation_extensions", Tree::list().add(std::move(extension)));
  }

  milliseconds time(std::string_view name, std::string_view fallback) const {
    return parse_time(scope_.value_or(name, fallback)).value_or(milliseconds{60'000});
  }

  void add_connections() {
    out_.set("request_headers_timeout", Tree::word(duration(time("client_header_timeout", "60s"))));
    out_.set("stream_idle_timeout", Tree::word(duration(time("client_body_timeout", "60s"))));
    Tree common = Tree::map();
    const milliseconds idle = time("keepalive_timeout", "75s");
    if (idle.count() > 0) common.set("idle_timeout", Tree::word(duration(idle)));
    const bool old = shared_.config.version() < Version{1, 19, 10};
    const auto most = parse_number(scope_.value_or("keepalive_requests", old ? "100" : "1000"));
    const std::int64_t requests = idle.count() == 0 ? 1 : most.value_or(1000);
    common.set("max_requests_per_connection", Tree::number(requests > 0 ? requests : 1));
    const bool drops = scope_.flag_or("ignore_invalid_headers", true) &&
                       !scope_.flag_or("underscores_in_headers", false);
    common.set("headers_with_underscores_action", Tree::word(drops ? "DROP_HEADER" : "ALLOW"));
    out_.set("common_http_protocol_options", std::move(common));
    const std::string name = first_name(*listener_.fallback);
    Tree http1 = Tree::map().set("accept_http_10", Tree::yes());
    http1.set("default_host_for_http_10", Tree::text(name.empty() ? "localhost" : name));
    out_.set("http_protocol_options", std::move(http1));
  }

  /// nginx says 502 where no server could be reached, Envoy 503.
  void add_replies() {
    Tree flags = Tree::list();
    for (const std::string_view flag : {"UH", "UF", "UC", "UO", "LR", "UR", "URX", "UPE"}) {
      flags.add(Tree::text(flag));
    }
    const auto filter =
        Tree::map().set("response_flag_filter", Tree::map().set("flags", std::move(flags)));
    const auto is_503 = Tree::map().set(
        "status_code_filter",
        Tree::map().set("comparison",
                        Tree::map()
                            .set("op", Tree::word("EQ"))
                            .set("value", Tree::map()
                                              .set("default_value", Tree::number(503))
                                              .set("runtime_key", Tree::text("nginx.503")))));
    Tree both = Tree::map().set("and_filter",
                                Tree::map().set("filters", Tree::list().add(is_503).add(filter)));
    Tree mapper = Tree::map().set("filter", std::move(both)).set("status_code", Tree::number(502));
    out_.set("local_reply_config", Tree::map().set("mappers", Tree::list().add(std::move(mapper))));
  }

  /// Upgraded connections have no end that the buffer could wait for.
  static Tree websocket() {
    return Tree::map()
        .set("upgrade_type", Tree::text("websocket"))
        .set("enabled", Tree::no())
        .set("filters", Tree::list().add(router()));
  }

  Shared& shared_;
  const Listener& listener_;
  const Scope& scope_;
  Tree out_ = Tree::typed(
      "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager");
};

}  // namespace

Tree connection_manager(Shared& shared, Clusters& clusters, const Listener& listener,
                        std::string_view name) {
  return Manager(shared, listener).run(clusters, name);
}

}  // namespace poolproof::translate::envoy
