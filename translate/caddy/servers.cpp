// Caddy's `path` compares without regard to case, and `path /a` is no prefix: expressions are as
// exact as nginx. They are compared with the path as nginx normalises it: decoded, slashes merged.
#include "translate/caddy/servers.h"

#include <fmt/format.h>

#include "translate/caddy/answers.h"
#include "translate/caddy/locations.h"
#include "translate/caddy/script.h"
#include "translate/caddy/words.h"

namespace poolproof::translate::caddy {
namespace {

class Maker {
 public:
  Maker(Shared& shared, TextPlace place) : shared_(shared), place_(std::move(place)) {}

  Lines run() {
    const Server& server = *place_.server;
    shared_.begin_captures();
    Script script = script_of(shared_, place_, server.scope->block());
    out_.append(script.lines);
    if (script.always_answers) return std::move(out_);
    for (const Location* lost : locations_without_route(server)) {
      shared_.lose(
          Severity::kError, lost->scope->block(),
          fmt::format("`{}` inside an expression is not translated to caddy", lost->display()));
    }
    for (const Location* location : slash_redirects(server)) redirect(*location);
    for (const Route& route : shared_.routes(server)) add(route);
    return std::move(out_);
  }

 private:
  void redirect(const Location& location) {
    TextPlace place = place_;
    place.location = &location;
    const std::string name = shared_.number("bare");
    out_.add(
        fmt::format("# {}: the path without its slash", shared_.place(location.scope->block())));
    out_.add(fmt::format("@{} path_regexp {}", name,
                         word(fmt::format("^{}$", quoted_pattern(redirected_path(location))))));
    out_.open("route @" + name);
    out_.append(fields_of_all_answers(shared_, place));
    out_.append(body_limit(shared_, place));
    out_.append(slash_redirect(shared_, place));
    out_.close();
  }

  void add(const Route& route) {
    const Location& location = *route.location;
    const Directive at = location.scope->block();
    const std::string title =
        location.kind == LocationKind::kServerLevel
            ? fmt::format("# {}: any other path", shared_.place(at))
            : fmt::format("# {}: location {}", shared_.place(at), comment_text(location.display()));
    TextPlace place = place_;
    place.location = &location;
    std::vector<std::string> matchers;
    if (!add_matchers(route, place, matchers)) return;
    out_.add(title);
    // A matcher has one expression for the path.
    for (const std::string& each : matchers) {
      out_.add(each);
      out_.open("route " + each.substr(0, each.find(' ')));
    }
    if (matchers.empty()) out_.open("route");
    out_.append(location_lines(shared_, place));
    for (std::size_t i = 0; i < std::max<std::size_t>(matchers.size(), 1); ++i) out_.close();
  }

  bool add_matchers(const Route& route, TextPlace& place, std::vector<std::string>& out) {
    if (route.kind != Route::Kind::kAny) {
      const std::string end = route.kind == Route::Kind::kExact ? "$" : "";
      out.push_back(
          matcher(fmt::format("^{}{}", quoted_pattern(route.path), end), shared_.number("path")));
    }
    for (const PathPattern& each : route.patterns) {
      const auto pattern = go_pattern(each.pattern, each.no_case);
      if (!pattern) {
        shared_.lose(Severity::kError, route.location->scope->block(),
                     fmt::format("caddy has no such expression: `location {}` is left out",
                                 route.location->display()));
        return false;
      }
      const std::string name = shared_.number("path");
      out.push_back(matcher(*pattern, name));
      place.captures.push_back({name, *pattern});
      place.captures_unsure = false;
    }
    return true;
  }

  static std::string matcher(const std::string& pattern, const std::string& name) {
    return fmt::format("@{0} path_regexp {0} {1}", name, word(pattern));
  }

  Shared& shared_;
  TextPlace place_;
  Lines out_;
};

}  // namespace

Lines server_lines(Shared& shared, const TextPlace& place) {
  return Maker(shared, place).run();
}

}  // namespace poolproof::translate::caddy
