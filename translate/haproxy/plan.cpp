// Names everything, and turns the order of routes into conditions.
#include "translate/haproxy/plan.h"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "translate/haproxy/headers.h"

namespace poolproof::translate::haproxy {
namespace {

class Planner {
 public:
  Planner(Shared& shared, Backends& backends) : shared_(shared), backends_(backends) {}

  Plan run() {
    for (const Server& server : shared_.config.servers()) add(server);
    return std::move(plan_);
  }

 private:
  std::string unique(std::string text) {
    std::string out = text;
    for (int i = 2; !used_.insert(out).second; ++i) out = fmt::format("{}_{}", text, i);
    return out;
  }

  std::string name_server(const Server& server) {
    for (const ServerName& name : server.names) {
      if (name.kind != ServerNameKind::kExact || name.text.empty()) break;
      if (identifier(name.text) == name.text) return unique(name.text);
      break;
    }
    return unique(fmt::format("server_{}", server.index + 1));
  }

  void add(const Server& server) {
    ServerPlan& out = plan_.servers[&server];
    out.label = name_server(server);
    plan_.server_labels[&server] = out.label;
    TextPlace place;
    place.server = &server;
    out.script = script_of(shared_, place, server.scope->block());
    if (!out.script.rules.empty()) out.after = added_headers(shared_, place);
    if (out.script.always_answers) return;
    for (const Location* lost : locations_without_route(server)) {
      shared_.lose(
          Severity::kError, lost->scope->block(),
          fmt::format("`{}` inside an expression is not translated to haproxy", lost->display()));
    }
    add_steps(server, out);
  }

  void add_steps(const Server& server, ServerPlan& out) {
    const std::vector<Route> routes = routes_of(server);
    for (const Location* location : slash_redirects(server)) {
      out.steps.push_back(
          {fmt::format("{{ var(txn.path) -m str -- {} }}", word(redirected_path(*location))),
           location});
      add_location(*location, out);
    }
    for (const Route& route : routes) {
      out.steps.push_back({condition_of(route), route.location});
      add_location(*route.location, out);
    }
  }

  static std::string condition_of(const Route& route) {
    std::string out;
    if (route.kind == Route::Kind::kExact) {
      out = fmt::format("{{ var(txn.path) -m str -- {} }}", word(route.path));
    }
    if (route.kind == Route::Kind::kPrefix) {
      out = fmt::format("{{ var(txn.path) -m beg -- {} }}", word(route.path));
    }
    for (const PathPattern& pattern : route.patterns) {
      out = both(out, matches("var(txn.path)", pattern.pattern, pattern.no_case));
    }
    return out;
  }

  void add_location(const Location& location, const ServerPlan& server) {
    const auto [at, is_new] = plan_.labels.try_emplace(&location);
    if (!is_new) return;
    const bool root = location.kind == LocationKind::kServerLevel;
    at->second = unique(label(server.label + (root ? std::string() : " " + location.display())));
    backends_.add(location_rules(shared_, location, at->second, server.script));
  }

  Shared& shared_;
  Backends& backends_;
  Plan plan_;
  std::set<std::string> used_;
};

}  // namespace

Plan plan_servers(Shared& shared, Backends& backends) {
  return Planner(shared, backends).run();
}

}  // namespace poolproof::translate::haproxy
