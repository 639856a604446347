// See actions.h.
#include "translate/envoy/actions.h"

#include <algorithm>

#include <fmt/format.h>

#include "grammar/config/lower_case.h"
#include "grammar/syntax/values.h"
#include "translate/envoy/access.h"
#include "translate/envoy/headers.h"
#include "translate/envoy/limits.h"
#include "translate/envoy/pattern.h"
#include "translate/envoy/retries.h"
#include "translate/reuse.h"

namespace poolproof::translate::envoy {
namespace {

using std::chrono::milliseconds;

Tree answers(std::int64_t status) {
  return Tree::map().set("direct_response", Tree::map().set("status", Tree::number(status)));
}

Tree rewrite_by(const std::string& pattern, std::string_view substitution) {
  return Tree::map()
      .set("pattern", Tree::map().set("regex", Tree::text(anchored(pattern))))
      .set("substitution", Tree::text(substitution));
}

class Action {
 public:
  Action(Shared& shared, Clusters& clusters, const ActionPlace& place)
      : shared_(shared), clusters_(clusters), place_(place), location_(*place.text.location) {}

  ActionRoutes run() {
    if (const Found internal = scope().find("internal"); !internal.is_default()) {
      shared_.error(
          internal.last(),
          "`internal` is not quite translated to envoy: it answers 404, also to what leads "
          "here inside nginx (X-Accel-Redirect, error_page, try_files)");
      return {answers(404), {}};
    }
    for (const Directive at : scope().own("rewrite")) keep_or_tell(at);
    const auto& returns = scope().own("return");
    if (!returns.empty()) return {answer_of(shared_, place_, returns.front()), {}};
    Access access = access_of(shared_, scope());
    if (access.nobody) return {answers(403), {}};
    const Upstream* upstream = target();
    if (upstream == nullptr) return {answers(location_.pass ? 502 : 404), {}};
    return pass_on(*upstream, std::move(access));
  }

 private:
  const Scope& scope() const { return *location_.scope; }

  // --- what is asked before the pass

  /// One `rewrite ... break` is what Envoy calls a regex_rewrite.
  void keep_or_tell(Directive at) {
    const bool is_alone = scope().own("rewrite").size() == 1 && scope().own("if").empty() &&
                          scope().own("set").empty() && scope().own("return").empty();
    const auto pattern = whole_pattern(at.arg(0), Subject::kPath, false);
    const auto target = substitution_of(at.arg(1));
    if (is_alone && at.arg(2) == "break" && pattern && target && location_.pass) {
      if (location_.pass->has_uri && !takes_all(at.arg(0))) {
        shared_.error(at,
                      "where this `rewrite` does not match, nginx replaces the path as "
                      "`proxy_pass` says, envoy leaves it as it is");
      }
      rewrite_pattern_ = *pattern;
      rewrite_target_ = *target;
      return;
    }
    shared_.error(at, "`rewrite` is not translated to envoy: the path stays as it is");
  }

  /// Does the expression match every path of the location?
  bool takes_all(std::string_view pattern) const {
    const std::string begin = "^" + location_.pattern;
    if (!pattern.starts_with(begin)) return false;
    pattern.remove_prefix(begin.size());
    return pattern.empty() || pattern == "(.*)" || pattern == "(.*)$";
  }

  static std::optional<std::string> substitution_of(std::string_view text) {
    if (!text.starts_with('/') || text.find('?') != std::string_view::npos) return std::nullopt;
    const auto pieces = split_variables(text);
    if (!pieces) return std::string(text);
    std::string out;
    for (const TextPiece& piece : *pieces) {
      const bool is_digit = piece.text.size() == 1 && piece.text[0] >= '0' && piece.text[0] <= '9';
      if (piece.is_variable && !is_digit) return std::nullopt;
      if (piece.is_variable) out += '\\';
      out += piece.text;
    }
    return out;
  }

  // --- the pass

  const Upstream* target() {
    if (!location_.pass) {
      tell_files();
      return nullptr;
    }
    const Pass& pass = *location_.pass;
    if (pass.protocol != Protocol::kHttp && pass.protocol != Protocol::kGrpc) {
      shared_.error(pass.at, fmt::format("envoy does not speak {}: `{}` answers 502",
                                         to_string(pass.protocol), pass.at.name()));
      return nullptr;
    }
    if (!pass.has_variables && pass.upstream != nullptr) return pass.upstream;
    shared_.error(pass.at,
                  fmt::format("`{} {}` with variables is not translated to envoy: it answers 502",
                              pass.at.name(), pass.target));
    return nullptr;
  }

  void tell_files() {
    const Found root = scope().find("root"), alias = scope().find("alias");
    const bool is_said = !root.is_default() || !alias.is_default();
    const Directive at = !alias.is_default()  ? alias.last()
                         : !root.is_default() ? root.last()
                                              : scope().block();
    shared_.lose(
        is_said ? Severity::kError : Severity::kWarning, at,
        fmt::format("envoy serves no files: `{}` answers 404",
                    location_.kind == LocationKind::kServerLevel ? "server" : location_.display()));
  }

  ActionRoutes pass_on(const Upstream& upstream, Access access) {
    Tree route = Tree::map(), action = Tree::map(), filters = Tree::map();
    action.set("cluster", Tree::text(clusters_.name_of(location_, upstream)));
    tell_redirects();
    replace_path(action);
    add_request_headers(shared_, place_.text, route, action);
    add_hash(upstream, action);
    add_upgrade(action);
    add_response_headers(shared_, place_.text, route, Tree::list());
    if (access.filter) filters.set(kAccessFilter, std::move(*access.filter));
    add_body_limit(shared_, location_, filters);
    if (!filters.empty()) route.set("typed_per_filter_config", std::move(filters));
    ActionRoutes out;
    add_tries(upstream, std::move(route), std::move(action), out);
    return out;
  }

  /// Where a listener passes no upgrade on, the field is taken out before anything sees it.
  void add_upgrade(Tree& action) {
    if (passes_upgrade(shared_.config, location_)) {
      action.set("upgrade_configs",
                 Tree::list().add(Tree::map()
                                      .set("upgrade_type", Tree::text("websocket"))
                                      .set("enabled", Tree::yes())));
    } else if (shared_.gate.passes_upgrades) {
      shared_.once(Severity::kError, location_.pass->at,
                   "requests with `Upgrade` are refused here by envoy (403), since other locations "
                   "pass WebSockets on; nginx leaves the field out");
    }
  }

  /// nginx writes the client's names into redirects that name the upstream.
  void tell_redirects() {
    if (location_.pass->protocol == Protocol::kGrpc) return;
    const Found found = scope().find("proxy_redirect");
    if (!found.is_default()) {
      for (const Directive at : found.directives) {
        if (at.arg(0) == "off") continue;
        shared_.error(at,
                      "`proxy_redirect` is not translated to envoy: `Location` goes to the "
                      "client as the upstream wrote it");
      }
      return;
    }
    for (const HeaderField& field : location_.set_headers.value) {
      const bool is_clients = field.value == "$host" || field.value == "$http_host";
      if (lower_case(field.name) == "host" && is_clients) return;
    }
    shared_.once(
        Severity::kError, location_.pass->at,
        "the default `proxy_redirect` is not translated to envoy: where the upstream names "
        "itself in `Location`, the client gets that (`proxy_set_header Host $host` lets "
        "it name the client's host)");
  }

  void replace_path(Tree& action) {
    const Pass& pass = *location_.pass;
    if (!rewrite_pattern_.empty()) {
      action.set("regex_rewrite", rewrite_by(rewrite_pattern_, rewrite_target_));
      return;
    }
    if (!pass.has_uri) return;
    if (pass.uri.find('?') != std::string::npos) {
      return shared_.error(pass.at,
                           "arguments in `proxy_pass` are not translated to envoy: the "
                           "path is not replaced");
    }
    if (pass.uri == location_.pattern) return;
    action.set("prefix_rewrite", Tree::text(pass.uri));
  }

  // --- times and tries

  /// Returns the routes with their action: one of its own for methods that are tried otherwise.
  void add_tries(const Upstream& upstream, Tree route, Tree action, ActionRoutes& out) {
    const milliseconds read = time_of(location_, "read_timeout");
    if (read != time_of(location_, "send_timeout")) {
      const Directive at = scope().find(pass_directive(location_, "send_timeout")).last();
      shared_.warn(at ? at : scope().find(pass_directive(location_, "read_timeout")).last(),
                   "envoy has one time limit for both directions: the larger one");
    }
    Retries retries = retries_of(shared_, location_, upstream);
    action.set("timeout", Tree::word("0s"));
    action.set("idle_timeout", Tree::word(duration(retries.silence)));
    if (retries.has_unsafe) {
      Tree unsafe = action;
      set_policy(unsafe, std::move(retries.unsafe));
      out.unsafe = Tree(route).set("route", std::move(unsafe));
    }
    set_policy(action, std::move(retries.usual));
    out.usual = std::move(route).set("route", std::move(action));
  }

  static void set_policy(Tree& action, std::optional<Tree> policy) {
    if (policy) action.set("retry_policy", std::move(*policy).once("tries"));
  }

  // --- hashing

  void add_hash(const Upstream& upstream, Tree& action) {
    const Balancer balancer = upstream.balancer.value;
    if (upstream.peers.size() < 2) return;
    Tree policy = Tree::map();
    if (balancer == Balancer::kIpHash) {
      policy.set("connection_properties", Tree::map().set("source_ip", Tree::yes()));
    } else if (balancer == Balancer::kHash || balancer == Balancer::kHashConsistent) {
      policy = key_policy(upstream.balancer_directive);
    }
    if (!policy.empty()) action.set("hash_policy", Tree::list().add(std::move(policy)));
  }

  Tree key_policy(Directive at) {
    const auto pieces = split_variables(at.arg(0));
    const std::string_view name =
        pieces && pieces->size() == 1 && pieces->front().is_variable ? pieces->front().text : "";
    Tree out = Tree::map();
    const auto header = [&](std::string_view field) {
      return std::move(out).set("header", Tree::map().set("header_name", Tree::text(field)));
    };
    if (name == "remote_addr" || name == "binary_remote_addr") {
      return std::move(out).set("connection_properties", Tree::map().set("source_ip", Tree::yes()));
    }
    if (name == "request_uri") return header(":path");
    if (name == "host" || name == "http_host") return header(":authority");
    if (name.starts_with("http_")) return header(with_dashes(name.substr(5)));
    if (name.starts_with("cookie_")) {
      return std::move(out).set("cookie", Tree::map().set("name", Tree::text(name.substr(7))));
    }
    if (name.starts_with("arg_")) {
      return std::move(out).set("query_parameter",
                                Tree::map().set("name", Tree::text(name.substr(4))));
    }
    shared_.error(at, fmt::format("`{}` is not translated to envoy: it has no such key, requests "
                                  "go to any server",
                                  at.arg(0)));
    return out;
  }

  Shared& shared_;
  Clusters& clusters_;
  const ActionPlace& place_;
  const Location& location_;
  std::string rewrite_pattern_, rewrite_target_;
};

}  // namespace

ActionRoutes action_of(Shared& shared, Clusters& clusters, const ActionPlace& place) {
  return Action(shared, clusters, place).run();
}

}  // namespace poolproof::translate::envoy
