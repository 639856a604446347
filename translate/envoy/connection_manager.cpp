// See connection_manager.h. What Envoy does of its own accord and nginx does not is switched off.
#include "translate/envoy/connection_manager.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/envoy/access.h"
#include "translate/envoy/limits.h"
#include "translate/envoy/operators.h"
#include "translate/envoy/routes.h"
#include "translate/envoy/survey.h"

namespace poolproof::translate::envoy {
namespace {

using std::chrono::milliseconds;

/// No client has this address: none is "internal", whose x-envoy-* fields would be obeyed.
constexpr std::string_view kNobody = "255.255.255.255";

struct OfListener {
  std::string_view directive;
  bool changes_answers = false;
};
constexpr std::array kOfListeners = {OfListener{"client_body_timeout"},
                                     OfListener{"keepalive_requests"},
                                     OfListener{"keepalive_timeout"},
                                     OfListener{"ignore_invalid_headers", true},
                                     OfListener{"merge_slashes", true},
                                     OfListener{"underscores_in_headers", true},
                                     OfListener{"large_client_header_buffers", true}};

/// nginx 1.22.1 does not count them; Envoy's limit would be 100.
constexpr std::int64_t kMostFields = 1000;

Tree cidr(std::string_view address, std::int64_t bits) {
  return Tree::map()
      .set("address_prefix", Tree::text(address))
      .set("prefix_len", Tree::number(bits));
}

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
    // Its routes say which filters there have to be.
    Tree routes = route_configuration(shared_, clusters, listener_, name);
    out_.set("http_filters", filters().add(buffer_filter()).add(router()));
    if (shared_.gate.passes_upgrades) {
      out_.set("upgrade_configs", Tree::list().add(websocket()));
    }
    out_.set("route_config", std::move(routes));
    return Tree::map()
        .set("name", Tree::text("envoy.filters.network.http_connection_manager"))
        .set("typed_config", std::move(out_));
  }

 private:
  void add_paths() {
    out_.set("strip_trailing_host_dot", Tree::yes());
    if (shared_.gate.strips_port) out_.set("strip_any_host_port", Tree::yes());
    out_.set("normalize_path", shared_.gate.compares_paths ? Tree::yes() : Tree::no());
    if (!shared_.gate.compares_paths) return;
    out_.set("merge_slashes", flag("merge_slashes", true));
    out_.set("path_with_escaped_slashes_action", Tree::word("UNESCAPE_AND_FORWARD"));
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
    out_.set("internal_address_config", Tree::map()
                                            .set("cidr_ranges", Tree::list().add(cidr(kNobody, 32)))
                                            .say("nobody's x-envoy-* fields are obeyed"));
    out_.set("skip_xff_append", Tree::yes());
    out_.set("generate_request_id", Tree::no());
    out_.set("forward_client_cert_details", Tree::word("ALWAYS_FORWARD_ONLY"));
    out_.set("server_header_transformation", Tree::word("PASS_THROUGH"));
    Tree kept =
        header_option(kClientsProtocol, "%REQ(x-forwarded-proto)%", "OVERWRITE_IF_EXISTS_OR_ADD");
    Tree mutations = Tree::list().add(Tree::map()
                                          .set("append", std::move(kept))
                                          .say("the client's own, which envoy would replace"));
    // Envoy answers 403 to an upgrade that it does not pass on; nginx leaves the field out.
    if (!shared_.gate.passes_upgrades) {
      mutations.add(
          Tree::map().set("remove", Tree::text("upgrade")).say("no location passes it on"));
    }
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
    const milliseconds head = time("client_header_timeout", "60s");
    out_.set("max_request_headers_kb", Tree::number(head_size()));
    out_.set("request_headers_timeout", Tree::word(duration(head)));
    out_.set("stream_idle_timeout", Tree::word(duration(time("client_body_timeout", "60s"))));
    Tree common = Tree::map();
    const milliseconds idle = time("keepalive_timeout", "75s");
    common.set("idle_timeout", Tree::word(duration(idle.count() > 0 ? idle : head)));
    const bool old = shared_.config.version() < Version{1, 19, 10};
    const auto most = parse_number(scope_.value_or("keepalive_requests", old ? "100" : "1000"));
    const std::int64_t requests = idle.count() == 0 ? 1 : most.value_or(1000);
    common.set("max_requests_per_connection", Tree::number(requests > 0 ? requests : 1));
    common.set("max_headers_count", Tree::number(kMostFields));
    const bool drops = scope_.flag_or("ignore_invalid_headers", true) &&
                       !scope_.flag_or("underscores_in_headers", false);
    common.set("headers_with_underscores_action", Tree::word(drops ? "DROP_HEADER" : "ALLOW"));
    out_.set("common_http_protocol_options", std::move(common));
    Tree http1 = Tree::map().set("accept_http_10", Tree::yes());
    http1.set("default_host_for_http_10", Tree::text(host_of_old_clients()));
    out_.set("http_protocol_options", std::move(http1));
    tell_connections();
  }

  /// All of nginx's large buffers; Envoy takes up to 8 MB.
  std::int64_t head_size() const {
    const Directive at = scope_.find("large_client_header_buffers").last();
    const std::int64_t count = at ? parse_number(at.arg(0)).value_or(4) : 4;
    const std::int64_t size = at ? parse_size(at.arg(1)).value_or(8192) : 8192;
    return std::clamp<std::int64_t>(count * size / 1024, 1, 8192);
  }

  /// Envoy has one value for a listener.
  void tell_others() {
    for (const Location* location : locations_of(listener_)) {
      if (location->scope == &scope_) continue;
      for (const auto& [name, changes_answers] : kOfListeners) {
        for (const Directive at : location->scope->own(name)) {
          if (at.arg(0) == scope_.value_or(name, "")) continue;
          shared_.lose(changes_answers ? Severity::kError : Severity::kWarning, at,
                       fmt::format("`{}` in another block than the default server's is not "
                                   "translated to envoy: a listener has one value",
                                   name));
        }
      }
    }
  }

  void tell_connections() {
    tell_others();
    const Directive keepalive = scope_.find("keepalive_timeout").last();
    if (keepalive && keepalive.arg_count() > 1) {
      shared_.error(keepalive, "`Keep-Alive` is not sent to clients by envoy");
    }
    const Directive body = scope_.find("client_body_timeout").last();
    if (body) {
      shared_.warn(body,
                   "`client_body_timeout`: where a request is passed on, envoy waits for its "
                   "body as long as for the upstream");
    }
  }

  /// HTTP/1.0 without Host belongs to the default server, so no other may have that name.
  std::string host_of_old_clients() const {
    const std::string name = first_name(*listener_.fallback);
    const bool is_host = !name.empty() && name.find_first_of("*^$\\()[]") == std::string::npos;
    return is_host ? name : "_";
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
    out_.set("local_reply_config", Tree::map()
                                       .set("mappers", Tree::list().add(std::move(mapper)))
                                       .say("502 where no server could be reached")
                                       .once("replies"));
  }

  /// Upgraded connections have no end that the buffer could wait for.
  Tree websocket() const {
    return Tree::map()
        .set("upgrade_type", Tree::text("websocket"))
        .set("enabled", Tree::no())
        .set("filters", filters().add(router()));
  }

  Tree filters() const {
    Tree out = Tree::list();
    if (shared_.gate.checks_addresses) out.add(access_filter());
    return out;
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
