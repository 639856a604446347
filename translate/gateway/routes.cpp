// The order of rules is the specification's: exact paths, then the longest prefix, by whole
// segments. What nginx orders or compares otherwise is told.
#include "translate/gateway/routes.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "grammar/config/lower_case.h"
#include "grammar/syntax/values.h"
#include "translate/gateway/headers.h"
#include "translate/route_order.h"

namespace poolproof::translate::gateway {
namespace {

/// The API's limit for a rule.
constexpr std::size_t kMostBackends = 16;

class ServerRoute {
 public:
  ServerRoute(const Server& server, bool takes_rest, Backends& backends, Translation& out)
      : server_(server), takes_rest_(takes_rest), backends_(backends), out_(out) {}

  std::vector<Rule> run() {
    const auto& returns = server_.scope->own("return");
    if (!returns.empty()) {
      Rule rule;
      rule.path = "/";
      rule.comment = place_of(returns.front());
      if (answer(returns.front(), rule)) rules_.push_back(std::move(rule));
      return std::move(rules_);
    }
    for (const Location* location : slash_redirects(server_)) redirected_.insert(location);
    for (const ::poolproof::translate::Route& route : routes_of(server_)) add(route);
    for (const Location* location : locations_without_route(server_)) {
      lost(location->scope->block(), "it stands inside an expression");
    }
    return std::move(rules_);
  }

 private:
  using PathRoute = ::poolproof::translate::Route;

  void lost(Directive at, std::string_view why) {
    lose(out_, Severity::kError, at,
         fmt::format("`{}` is not translated to gateway-api: {}", at.is_root() ? "" : at.name(),
                     why));
  }

  void add(const PathRoute& route) {
    const Location& location = *route.location;
    const Directive at = location.scope->block();
    if (!route.patterns.empty()) {
      if (told_.insert(&location).second) {
        lost(at, "the order of expressions among other paths is left to the implementation");
      }
      return;
    }
    Rule rule;
    rule.comment = place_of(at);
    rule.kind = route.kind == PathRoute::Kind::kExact ? PathKind::kExact : PathKind::kPrefix;
    rule.path = route.kind == PathRoute::Kind::kAny ? "/" : std::string(route.path);
    const bool has_slash = rule.path.size() > 1 && rule.path.ends_with('/');
    if (rule.kind == PathKind::kPrefix && rule.path != "/") check_segments(at, rule, has_slash);
    if (!fill(location, rule)) return;
    if (rule.kind == PathKind::kPrefix && has_slash) {
      rule.path.pop_back();
      add_redirect_to_slash(location, rule);
    }
    if (!said_.emplace(rule.kind, rule.path).second) {
      return lost(at, fmt::format("segments do not tell it from the location `{}/`", rule.path));
    }
    rules_.push_back(std::move(rule));
  }

  /// nginx compares characters: "/a" takes "/ab", too.
  void check_segments(Directive at, const Rule& rule, bool has_slash) {
    if (has_slash) return;
    lost(at, fmt::format("in nginx `{0}` takes paths such as `{0}x`, too, here only whole segments "
                         "count",
                         rule.path));
  }

  /// nginx redirects "/a" to "/a/" where the location passes requests on.
  void add_redirect_to_slash(const Location& location, const Rule& below) {
    if (said_.contains({PathKind::kExact, below.path})) return;
    if (!redirected_.contains(&location)) {
      lost(location.scope->block(), fmt::format("`{}` itself goes there, too", below.path));
      return;
    }
    said_.emplace(PathKind::kExact, below.path);
    Rule rule;
    rule.kind = PathKind::kExact;
    rule.path = below.path;
    rule.redirect = {true, "", "", below.path + "/", 301};
    rule.comment = below.comment + ", which nginx redirects to the slash";
    rules_.push_back(std::move(rule));
  }

  /// False: no rule is needed. A rule without backends answers with an error (500 or 404): what
  /// cannot be said must not go where a shorter path goes.
  bool fill(const Location& location, Rule& rule) {
    const auto& returns = location.scope->own("return");
    if (!returns.empty()) return answer(returns.front(), rule);
    if (is_closed(location)) return true;
    if (location.pass) {
      pass_on(location, rule);
      return true;
    }
    lost(location.scope->block(), "a gateway serves no files");
    return true;
  }

  /// What nginx lets some people into, or nobody from outside, must not stand open.
  bool is_closed(const Location& location) {
    const Scope& scope = *location.scope;
    for (const std::string_view name :
         {"internal", "deny", "auth_basic", "auth_request", "auth_jwt"}) {
      const Directive at = scope.find(name).last();
      if (!at || at.arg(0) == "off") continue;
      lost(at, "nobody is let in: it answers with the gateway's error instead of 401, 403 or 404");
      return true;
    }
    return false;
  }

  // --- answers

  bool answer(Directive at, Rule& rule) {
    const auto code = parse_number(at.arg(0));
    const std::string_view text = code ? at.arg(1) : at.arg(0);
    if (code == 404 && at.arg_count() == 1 && takes_rest_ && rule.path == "/") {
      return false;  // what no rule takes is answered with 404
    }
    const bool redirects = !code || *code == 301 || *code == 302;
    if (redirects && read_redirect(text, rule.redirect)) {
      rule.redirect.status = code ? static_cast<int>(*code) : 302;
      if (!rule.redirect.path.empty()) {
        lost(at, "nginx drops the arguments of the request, whether a gateway does is its own");
      }
      return true;
    }
    rule.redirect = {};
    lost(at,
         "a gateway answers nothing by itself (it has an error instead) but redirects with 301 and "
         "302 whose parts are constant, or $host and $request_uri");
    return true;
  }

  static bool read_redirect(std::string_view text, Redirect& redirect) {
    for (const std::string_view scheme : {"https", "http", "$scheme"}) {
      const std::string begin = std::string(scheme) + "://";
      if (!text.starts_with(begin)) continue;
      if (scheme != "$scheme") redirect.scheme = scheme;
      text.remove_prefix(begin.size());
      const std::size_t end = std::min(text.find_first_of("/$", 1), text.size());
      std::string_view host = text.substr(0, end);
      if (host == "$host" || host == "$http_host") {
        host = {};
      } else if (!is_hostname(host)) {
        return false;
      }
      redirect.hostname = host;
      text.remove_prefix(end);
      redirect.is_set = true;
      if (text == "$request_uri") return true;
      if (has_variables(text) || text.find('?') != std::string_view::npos) return false;
      redirect.path = text.empty() ? "/" : text;
      return true;
    }
    const bool is_path =
        text.starts_with('/') && !has_variables(text) && text.find('?') == std::string_view::npos;
    redirect.is_set = is_path;
    redirect.path = is_path ? text : "";
    return is_path;
  }

  // --- passing on

  void pass_on(const Location& location, Rule& rule) {
    const Pass& pass = *location.pass;
    if (pass.protocol != Protocol::kHttp || pass.has_variables) {
      return lost(pass.at, !pass.has_variables
                               ? "only HTTP is passed on"
                               : "variables decide where it goes; shares of "
                                 "`split_clients` are weights of `backendRefs` there");
    }
    if (pass.tls) lost(pass.at, "TLS to the backend needs a BackendTLSPolicy with its name and CA");
    replace_path(location, rule);
    add_headers(location, rule, out_);
    rule.backends = backends_.of(*pass.upstream, pass);
    if (rule.backends.empty()) lost(pass.at, "no server of the group can be said");
    if (rule.backends.size() > kMostBackends) {
      rule.backends.resize(kMostBackends);
      lost(pass.at,
           "a rule has 16 groups of servers at most (one for each port and weight): the "
           "others are left out");
    }
  }

  void replace_path(const Location& location, Rule& rule) {
    const Pass& pass = *location.pass;
    if (!pass.has_uri) return;
    rule.replacement = pass.uri;
    if (rule.kind == PathKind::kExact) {
      rule.replace = Replace::kAll;
      return;
    }
    const bool from_slash = rule.path.ends_with('/'), to_slash = pass.uri.ends_with('/');
    if (from_slash != to_slash) {
      lost(pass.at,
           fmt::format("`{}` is replaced by `{}` in the middle of a segment", rule.path, pass.uri));
    }
    if (rule.path == pass.uri) return;
    rule.replace = Replace::kPrefix;
    if (to_slash && rule.replacement.size() > 1) rule.replacement.pop_back();
  }

  const Server& server_;
  bool takes_rest_;
  Backends& backends_;
  Translation& out_;
  std::vector<Rule> rules_;
  std::set<const Location*> told_, redirected_;
  std::set<std::pair<PathKind, std::string>> said_;
};

/// The names by which a listener chooses each server.
std::map<const Server*, std::vector<std::string>> names_of(const Listener& listener,
                                                           Translation& out) {
  std::map<const Server*, std::vector<std::string>> names;
  for (const HostRule& rule : listener.hosts) {
    const bool is_name = rule.kind == ServerNameKind::kExact && !rule.text.empty() &&
                         rule.text.find('_') == std::string::npos;
    if (is_name || rule.kind == ServerNameKind::kLeadingWildcard) {
      names[rule.server].push_back(rule.text);
    } else if (rule.server != listener.fallback) {
      lose(out, Severity::kError, rule.at,
           fmt::format("the name `{}` is not translated to gateway-api: a route takes names and "
                       "`*.` wildcards only",
                       rule.text));
    }
  }
  return names;
}

/// Does a name of the default server need to be said, since another server's wildcard takes it?
bool loses_names(const Listener& listener) {
  return std::any_of(listener.hosts.begin(), listener.hosts.end(), [&](const HostRule& rule) {
    return rule.server != listener.fallback && rule.kind == ServerNameKind::kLeadingWildcard;
  });
}

}  // namespace

std::vector<Route> routes_of_listener(const Listener& listener, const std::string& listener_name,
                                      Backends& backends, Translation& out) {
  std::vector<Route> routes;
  const auto names = names_of(listener, out);
  for (const Server* server : listener.servers) {
    const bool takes_rest = server == listener.fallback;
    const auto own = names.find(server);
    if (!takes_rest && own == names.end()) continue;
    Route route;
    route.listener = listener_name;
    route.comment = place_of(server->at);
    const std::string first = own == names.end() ? "default" : own->second.front();
    route.name = first + "-" + listener_name;
    route.rules = ServerRoute(*server, takes_rest, backends, out).run();
    if (route.rules.empty()) continue;
    if (!takes_rest || (own != names.end() && loses_names(listener))) {
      route.hostnames = own->second;
      routes.push_back(route);
      route.hostnames.clear();
    }
    if (takes_rest) routes.push_back(std::move(route));
  }
  return routes;
}

}  // namespace poolproof::translate::gateway
