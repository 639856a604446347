// See routes.h. Envoy looks for a host as nginx does: the name, the longest `*.`, the longest `.*`;
// expressions are asked in the virtual host for all others, before the default server.
#include "translate/envoy/routes.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "grammar/config/lower_case.h"
#include "grammar/syntax/values.h"
#include "translate/envoy/actions.h"
#include "translate/envoy/headers.h"
#include "translate/envoy/pattern.h"
#include "translate/envoy/retries.h"
#include "translate/route_order.h"

namespace poolproof::translate::envoy {
namespace {

/// A path as it comes from clients that write what has to be escaped as such.
std::string escaped(std::string_view path) {
  constexpr std::string_view kPlain = "-._~/!$&'()*+,;=:@";
  std::string out;
  for (const char c : path) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || kPlain.find(c) != std::string_view::npos;
    if (is_plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

Tree regex(std::string_view text) {
  return Tree::map().set("regex", Tree::text(text));
}

Tree header_match(std::string_view name, std::string_view pattern) {
  return Tree::map()
      .set("name", Tree::text(name))
      .set("string_match", Tree::map().set("safe_regex", regex(pattern)));
}

class ServerRoutes {
 public:
  /// `host`: an expression that the host has to match; empty: any.
  ServerRoutes(Shared& shared, Clusters& clusters, const Server& server, std::string host)
      : shared_(shared), clusters_(clusters), server_(server), host_(std::move(host)) {}

  void run(Tree& out) {
    for (const Directive at : server_.scope->own("rewrite")) {
      shared_.error(at, "`rewrite` is not translated to envoy: the path stays as it is");
    }
    const auto& returns = server_.scope->own("return");
    if (!returns.empty()) return out.add(answer(returns.front())), void();
    for (const Location* lost : locations_without_route(server_)) {
      shared_.error(
          lost->scope->block(),
          fmt::format("`{}` inside an expression is not translated to envoy", lost->display()));
    }
    for (const Location* location : slash_redirects(server_)) {
      Tree match = Tree::map().set("path", Tree::text(escaped(redirected_path(*location))));
      out.add(begin(std::move(match), Tree::list())
                  .join(slash_redirect_of(shared_, *location))
                  .say(place_of(location->scope->block()) + ", without the slash"));
    }
    for (const Route& route : routes_of(server_)) add(route, out);
  }

 private:
  Tree begin(Tree match, Tree headers) const {
    if (!host_.empty()) headers.add(header_match(":authority", host_));
    if (!headers.empty()) match.set("headers", std::move(headers));
    return Tree::map().set("match", std::move(match));
  }

  Tree answer(Directive at) {
    const ActionPlace place{{.server = &server_, .location = server_.root}, {}};
    return begin(Tree::map().set("prefix", Tree::text("/")), Tree::list())
        .join(answer_of(shared_, place, at))
        .say(place_of(at));
  }

  /// Envoy compares escapes letter by letter, and knows none of the client's but a few.
  void tell_escapes(const Location& location, std::string_view path) {
    if (escaped(path) == path) return;
    shared_.error(location.scope->block(),
                  fmt::format("`{}` is compared by envoy as `{}`: a client that escapes otherwise "
                              "(`%c3`, or `%41`) does not get here",
                              location.display(), escaped(path)));
  }

  void add(const Route& route, Tree& out) {
    const Location& location = *route.location;
    tell_escapes(location, route.path);
    Tree match = Tree::map(), headers = Tree::list();
    ActionPlace place{{.server = &server_, .location = &location}, {}};
    if (route.kind == Route::Kind::kExact) match.set("path", Tree::text(escaped(route.path)));
    if (route.kind == Route::Kind::kPrefix) match.set("prefix", Tree::text(escaped(route.path)));
    for (const PathPattern& pattern : route.patterns) {
      const bool in_path = match.empty();
      const auto whole = whole_pattern(
          pattern.pattern, in_path ? Subject::kPath : Subject::kPathAndQuery, pattern.no_case);
      if (!whole) return tell_pattern(location, pattern);
      if (in_path) {
        match.set("safe_regex", regex(*whole));
        place.capturing = *whole;
      } else {
        headers.add(header_match(":path", *whole));
      }
    }
    if (match.empty()) match.set("prefix", Tree::text("/"));
    const std::string from = place_of(location.scope->block());
    ActionRoutes routes = action_of(shared_, clusters_, place);
    if (routes.unsafe) {
      Tree methods = Tree(headers).add(unsafe_methods());
      out.add(begin(match, std::move(methods))
                  .join(std::move(*routes.unsafe))
                  .say(from + ", tried elsewhere only before anything was sent"));
    }
    out.add(begin(std::move(match), std::move(headers)).join(std::move(routes.usual)).say(from));
  }

  void tell_pattern(const Location& location, const PathPattern& pattern) {
    shared_.error(location.scope->block(),
                  fmt::format("`{}` is not translated to envoy: RE2 has no such expression as `{}`",
                              location.display(), pattern.pattern));
  }

  Shared& shared_;
  Clusters& clusters_;
  const Server& server_;
  std::string host_;
};

class Hosts {
 public:
  Hosts(Shared& shared, Clusters& clusters, const Listener& listener)
      : shared_(shared), clusters_(clusters), listener_(listener) {}

  Tree run() {
    std::map<const Server*, Tree> domains;
    for (const HostRule& rule : listener_.hosts) {
      if (rule.kind == ServerNameKind::kRegex || rule.server == listener_.fallback) continue;
      if (rule.text.empty()) {
        shared_.error(rule.at,
                      "the empty name is not translated to envoy: requests without `Host` "
                      "go to the default server");
        continue;
      }
      domains.try_emplace(rule.server, Tree::list()).first->second.add(Tree::text(rule.text));
    }
    add_named(domains);
    add_rest();
    return std::move(out_);
  }

 private:
  bool has_regexes() const {
    return std::any_of(listener_.hosts.begin(), listener_.hosts.end(),
                       [](const HostRule& rule) { return rule.kind == ServerNameKind::kRegex; });
  }

  void add_named(std::map<const Server*, Tree>& domains) {
    for (const Server* server : listener_.servers) {
      const auto own = domains.find(server);
      if (own == domains.end()) continue;
      add(*server, std::move(own->second), routes(*server));
    }
    // The default server's own names come before other servers' expressions and wildcards.
    if (domains.empty() && !has_regexes()) return;
    Tree own = Tree::list();
    for (const HostRule& rule : listener_.hosts) {
      const bool is_name = rule.kind != ServerNameKind::kRegex && !rule.text.empty();
      if (rule.server == listener_.fallback && is_name && beats_others(rule)) {
        own.add(Tree::text(rule.text));
      }
    }
    if (!own.empty()) add(*listener_.fallback, std::move(own), routes(*listener_.fallback));
  }

  /// Would another server be chosen without this name?
  bool beats_others(const HostRule& rule) const {
    return std::any_of(listener_.hosts.begin(), listener_.hosts.end(), [&](const HostRule& other) {
      if (other.server == listener_.fallback) return false;
      if (other.kind == ServerNameKind::kRegex) return true;
      return other.kind != ServerNameKind::kExact && rule.text != other.text;
    });
  }

  void add_rest() {
    Tree list = Tree::list();
    for (const HostRule& rule : listener_.hosts) {
      if (rule.kind != ServerNameKind::kRegex) continue;
      const auto whole = whole_pattern(rule.text, Subject::kHost, true);
      if (!whole) {
        shared_.error(rule.at, fmt::format("the name `{}` is not translated to envoy: RE2 has no "
                                           "such expression",
                                           rule.text));
        continue;
      }
      ServerRoutes(shared_, clusters_, *rule.server, *whole).run(list);
    }
    ServerRoutes(shared_, clusters_, *listener_.fallback, {}).run(list);
    add(*listener_.fallback, Tree::list().add(Tree::text("*")), std::move(list));
  }

  Tree routes(const Server& server) {
    Tree list = Tree::list();
    ServerRoutes(shared_, clusters_, server, {}).run(list);
    return list;
  }

  void add(const Server& server, Tree domains, Tree routes) {
    std::string name = first_name(server);
    if (name.empty()) name = fmt::format("server-{}", server.index + 1);
    std::string unused = name;
    for (int i = 2; !names_.insert(unused).second; ++i) unused = fmt::format("{}-{}", name, i);
    out_.add(Tree::map()
                 .set("name", Tree::text(unused))
                 .set("domains", std::move(domains))
                 .set("request_headers_to_remove", Tree::list().add(Tree::text(kClientsProtocol)))
                 .set("routes", std::move(routes))
                 .say(place_of(server.at)));
  }

  Shared& shared_;
  Clusters& clusters_;
  const Listener& listener_;
  Tree out_ = Tree::list();
  std::set<std::string> names_;
};

/// Bodies of answers may be as long as nginx's statements.
constexpr std::int64_t kMostBody = 1'048'576;

Tree texts(std::initializer_list<std::string_view> items) {
  Tree out = Tree::list();
  for (const std::string_view item : items) out.add(Tree::text(item));
  return out;
}

}  // namespace

Tree route_configuration(Shared& shared, Clusters& clusters, const Listener& listener,
                         std::string_view name) {
  Tree out = Tree::map().set("name", Tree::text(name));
  out.set("ignore_port_in_host_matching", Tree::yes());
  out.set("max_direct_response_body_size_bytes", Tree::number(kMostBody));
  // Fields that Envoy adds or nginx never passes on are taken out first, then each route does what
  // nginx does there. gRPC needs `te`.
  out.set("most_specific_header_mutations_wins", Tree::yes());
  Tree removed =
      texts({"x-forwarded-proto", "x-envoy-internal", "x-envoy-external-address", "expect"});
  if (!shared.gate.has_grpc) removed.add(Tree::text("te"));
  out.set("request_headers_to_remove", std::move(removed));
  out.set("request_headers_to_add",
          Tree::list().add(header_option("x-forwarded-proto",
                                         fmt::format("%REQ({})%", kClientsProtocol),
                                         "OVERWRITE_IF_EXISTS_OR_ADD")));
  out.set("response_headers_to_remove",
          texts({"date", "server", "x-pad", "x-accel-expires", "x-accel-redirect",
                 "x-accel-limit-rate", "x-accel-buffering", "x-accel-charset"}));
  out.set("virtual_hosts", Hosts(shared, clusters, listener).run());
  return out;
}

}  // namespace poolproof::translate::envoy
