// What all parts of a translation share: what is written and told, and the values that the sites
// have to provide.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "translate/caddy/lines.h"
#include "translate/map_captures.h"
#include "translate/route_order.h"
#include "translate/route_search.h"
#include "translate/translation.h"

namespace poolproof::translate::caddy {

using MapCases = std::vector<std::pair<std::string, std::string>>;

class Shared {
 public:
  Shared(const EffectiveConfig& config, Translation& out)
      : config_(config), out_(out), map_captures_(config) {}

  const EffectiveConfig& config() const { return config_; }

  /// The same is told once.
  void lose(Severity severity, Directive at, std::string message);

  /// From here on $1 to $9 are those of another location or expression.
  void begin_captures() { map_captures_.begin(); }
  /// Tells where a map takes $1 to $9 over.
  void see(std::string_view variable, MapCaptures::Phase phase, Directive at);

  /// "nginx.conf:12"; "nginx's default" for no statement.
  std::string place(Directive at) const;

  /// "path3": each prefix counts for itself.
  std::string number(const std::string& prefix) {
    return prefix + std::to_string(++numbers_[prefix]);
  }

  /// A placeholder whose value is found when it is asked for: of the first case whose input is
  /// the value of `source`, in braces. Texts as they are after word(). The same map is said once.
  std::string mapped(std::string_view name, const std::string& source, const MapCases& cases);

  /// Lines that may stand in several places: "import NAME" for them. The same are said once.
  std::string shared_lines(std::string_view name, const Lines& lines);

  /// A variable of the configuration, which is empty until it is set: "{http.vars.NAME}".
  std::string variable(std::string_view name);

  /// Of a server, made once.
  const std::vector<Route>& routes(const Server& server);
  const RouteSearch& search(const Server& server);

  /// The location to which nginx redirects a path that lacks its slash; null: to none.
  const Location* redirected(const Server& server, std::string_view path);

  /// Has the server's own block a `rewrite ... break`? Asked once.
  bool breaks(const Server& server) {
    const auto [known, is_new] = breaks_.try_emplace(&server);
    if (is_new) known->second = server_rewrites(server, "break");
    return known->second;
  }

  /// A line that notes the path down, as nginx has it now. After each rewrite.
  std::string note_path();

  bool needs_path = false;         // {http.vars.normal_path} is asked for
  bool limits_bodies = false;      // "import limit_body SIZE" is used
  bool compares_targets = false;   // @plain_target and @odd_target are used
  bool looks_for_escapes = false;  // @bare_target and @escaped_target are used

  /// Placeholders of the maps that were asked for; nothing for one that cannot be said.
  std::map<std::string, std::optional<std::string>> maps{};

  /// What the placeholders need, for the beginning of each site.
  Lines definitions() const;
  bool has_definitions() const {
    return compares_targets || looks_for_escapes || !definitions().empty();
  }
  /// What "import" names.
  const Lines& snippets() const { return snippets_; }

 private:
  const EffectiveConfig& config_;
  Translation& out_;
  MapCaptures map_captures_;
  std::set<std::pair<SourceSpan, std::string>> told_;
  std::map<std::string, int> numbers_;
  std::map<std::string, std::string> names_;  // by content
  std::string unique(std::string_view name);
  std::set<std::string> used_{"definitions", "limit_body"};
  Lines snippets_;
  std::set<std::string> variables_;
  Lines map_lines_;
  std::map<const Server*, std::vector<Route>> routes_;
  std::map<const Server*, bool> breaks_;
  std::map<const Server*, std::map<std::string_view, const Location*>> redirects_;
  std::map<const Server*, RouteSearch> searches_;
};

}  // namespace poolproof::translate::caddy
