// See actions.h.
#include "translate/envoy/actions.h"

#include <algorithm>

#include <fmt/format.h>

#include "grammar/config/lower_case.h"
#include "grammar/syntax/values.h"
#include "translate/envoy/headers.h"
#include "translate/envoy/limits.h"
#include "translate/envoy/pattern.h"
#include "translate/reuse.h"

namespace poolproof::translate::envoy {
namespace {

using std::chrono::milliseconds;

Tree answers(Tree route, std::int64_t status) {
  return std::move(route).set("direct_response", Tree::map().set("status", Tree::number(status)));
}

Tree rewrite_by(const std::string& pattern, std::string_view substitution) {
  return Tree::map()
      .set("pattern", Tree::map().set("regex", Tree::text(pattern)))
      .set("substitution", Tree::text(substitution));
}

class Action {
 public:
  Action(Shared& shared, Clusters& clusters, const ActionPlace& place)
      : shared_(shared), clusters_(clusters), place_(place), location_(*place.text.location) {}

  Tree run(Tree route) {
    if (!scope().find("internal").is_default()) return answers(std::move(route), 404);
    for (const Directive at : scope().own("rewrite")) keep_or_tell(at);
    const auto& returns = scope().own("return");
    if (!returns.empty()) {
      return answer_of(shared_, place_, returns.front(), std::move(route));
    }
    if (denies_all()) return answers(std::move(route), 403);
    const Upstream* upstream = target();
    if (upstream == nullptr) return answers(std::move(route), location_.pass ? 502 : 404);
    return pass_on(*upstream, std::move(route));
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
      rewrite_pattern_ = *pattern;
      rewrite_target_ = *target;
      return;
    }
    shared_.error(at, "`rewrite` is not translated to envoy: the path stays as it is");
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

  /// The innermost level that has `allow` or `deny` decides; only "nobody" can be said.
  bool denies_all() {
    for (const Scope* level = &scope(); level != nullptr; level = level->parent()) {
      const auto& denied = level->own("deny");
      if (denied.empty() && level->own("allow").empty()) continue;
      if (level->own("allow").empty() && denied.front().arg(0) == "all") return true;
      for (const std::string_view name : {"allow", "deny"}) {
        for (const Directive at : level->own(name)) {
          shared_.error(at,
                        fmt::format("`{}` is not translated to envoy: everybody is let in", name));
        }
      }
      return false;
    }
    return false;
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

  Tree pass_on(const Upstream& upstream, Tree route) {
    Tree action = Tree::map();
    action.set("cluster", Tree::text(clusters_.name_of(location_, upstream)));
    tell_redirects();
    replace_path(action);
    add_request_headers(shared_, place_.text, route, action);
    add_times(upstream, action);
    add_hash(upstream, action);
    if (passes_upgrade(shared_.config, location_)) {
      action.set("upgrade_configs",
                 Tree::list().add(Tree::map()
                                      .set("upgrade_type", Tree::text("websocket"))
                                      .set("enabled", Tree::yes())));
    }
    route.set("route", std::move(action));
    add_response_headers(shared_, place_.text, route, Tree::list());
    add_body_limit(shared_, location_, route);
    return route;
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

  void add_times(const Upstream& upstream, Tree& action) {
    const milliseconds read = time_of(location_, "read_timeout");
    const milliseconds send = time_of(location_, "send_timeout");
    if (read != send) {
      const Directive at = scope().find(pass_directive(location_, "send_timeout")).last();
      shared_.warn(at ? at : scope().find(pass_directive(location_, "read_timeout")).last(),
                   "envoy has one time limit for both directions: the larger one");
    }
    const milliseconds most = std::max(read, send);
    const bool off = is_off();
    const std::size_t tries = tries_of(location_, upstream);
    // A pooled connection that turns out to be dead costs no try.
    const bool repeats =
        keeps_connections(shared_.config, location_) != Keeps::kNever && tries == 1 && !off;
    const auto count = static_cast<std::int64_t>(tries);
    const milliseconds all =
        count > 1 ? (most + time_of(location_, "connect_timeout")) * count : most;
    action.set("timeout", Tree::word("0s"));
    action.set("idle_timeout", Tree::word(duration(all)));
    if (tries == 1 && !repeats) return;
    action.set("retry_policy", retries(tries, read));
  }

  bool is_off() const {
    const auto words = next_upstream(location_);
    return std::find(words.begin(), words.end(), "off") != words.end();
  }

  Tree retries(std::size_t tries, milliseconds read) {
    std::string when = "connect-failure,refused-stream,reset";
    Tree statuses = Tree::list();
    bool all_methods = false, on_timeout = false;
    for (const std::string_view word : next_upstream(location_)) {
      if (word == "timeout") on_timeout = true;
      if (word == "non_idempotent") all_methods = true;
      if (word.starts_with("http_")) statuses.add(Tree::word(word.substr(5)));
    }
    if (on_timeout && tries > 1) statuses.add(Tree::number(504));
    if (!statuses.empty()) when += ",retriable-status-codes";
    Tree out = Tree::map().set("retry_on", Tree::text(when));
    if (!statuses.empty()) out.set("retriable_status_codes", std::move(statuses));
    out.set("num_retries",
            Tree::number(std::max<std::int64_t>(static_cast<std::int64_t>(tries) - 1, 1)));
    if (tries > 1) add_other_server(out, tries, read);
    out.set("retry_back_off", Tree::map()
                                  .set("base_interval", Tree::word("0.001s"))
                                  .set("max_interval", Tree::word("0.001s")));
    if (on_timeout && tries > 1) tell_timeouts();
    if (!all_methods) out.set("retriable_request_headers", Tree::list().add(idempotent()));
    return out;
  }

  void add_other_server(Tree& out, std::size_t tries, milliseconds read) {
    out.set("per_try_idle_timeout", Tree::word(duration(read)));
    const std::string_view name = "envoy.retry_host_predicates.previous_hosts";
    Tree type = Tree::typed("envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate");
    out.set("retry_host_predicate",
            Tree::list().add(
                Tree::map().set("name", Tree::text(name)).set("typed_config", std::move(type))));
    out.set("host_selection_retry_max_attempts",
            Tree::number(static_cast<std::int64_t>(tries) * 2));
  }

  void tell_timeouts() {
    shared_.once(Severity::kError, location_.pass->at,
                 "`timeout` of `proxy_next_upstream` is not quite translated to envoy: a 504 that "
                 "the upstream itself sends is tried elsewhere, too");
  }

  /// nginx repeats POST, LOCK and PATCH where nothing was sent yet; Envoy tells no such difference.
  Tree idempotent() {
    shared_.once(Severity::kError, location_.pass->at,
                 "trying another server is not quite translated to envoy: POST, LOCK and PATCH are "
                 "not tried elsewhere, also where a server could not be connected to");
    return Tree::map()
        .set("name", Tree::text(":method"))
        .set("string_match",
             Tree::map().set("safe_regex", Tree::map().set("regex", Tree::text("POST|LOCK|PATCH"))))
        .set("invert_match", Tree::yes());
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

Tree action_of(Shared& shared, Clusters& clusters, const ActionPlace& place, Tree route) {
  return Action(shared, clusters, place).run(std::move(route));
}

}  // namespace poolproof::translate::envoy
