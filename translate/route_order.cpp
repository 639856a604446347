// Prefixes by length with the expressions that each asks, so that no search has to come back.
#include "translate/route_order.h"

#include <algorithm>
#include <map>
#include <unordered_set>
#include <utility>

namespace poolproof::translate {
namespace {

bool is_prefix(const Location& location) {
  return location.kind == LocationKind::kPrefix || location.kind == LocationKind::kPrefixNoRegex;
}

bool is_pattern(const Location& location) {
  return location.kind == LocationKind::kRegex || location.kind == LocationKind::kRegexNoCase;
}

bool has_patterns(const Location& level) {
  return std::any_of(level.children.begin(), level.children.end(),
                     [](const Location* child) { return is_pattern(*child); });
}

/// Asked in steps of one path, not of all members: servers with thousands of locations exist.
using PathSet = std::unordered_set<std::string_view>;

/// Is a beginning of `path` with more than `longer_than` and fewer than all its bytes a member?
bool has_beginning(const PathSet& set, std::string_view path, std::size_t longer_than) {
  for (std::size_t size = longer_than + 1; size < path.size(); ++size) {
    if (set.contains(path.substr(0, size))) return true;
  }
  return false;
}

/// A location with the prefix locations around it, outermost first.
struct Chain {
  const Location* location = nullptr;
  std::vector<const Location*> around;

  const Location& outermost() const { return around.empty() ? *location : *around.front(); }
  /// Does a path that it takes ask the server's own expressions before?
  bool asks_server() const { return outermost().kind != LocationKind::kPrefixNoRegex; }
};

class Order {
 public:
  explicit Order(const Server& server) : server_(server) {}

  std::vector<Route> run() {
    collect(*server_.root, {});
    drop_unreachable();
    for (const Chain& chain : exact_) {
      out_.push_back({Route::Kind::kExact, chain.location->pattern, {}, chain.location});
    }
    if (has_patterns(*server_.root)) {
      add_around_patterns();
    } else {
      for (const Chain& chain : prefixes_) add_prefix(chain);
    }
    if (!takes_all_) out_.push_back({Route::Kind::kAny, {}, {}, server_.root});
    return std::move(out_);
  }

 private:
  void collect(const Location& level, const std::vector<const Location*>& around) {
    for (const Location* child : level.children) {
      if (child->kind == LocationKind::kExact) {
        exact_.push_back({child, around});
        exact_names_[&level].insert(child->pattern);
      }
      if (!is_prefix(*child)) continue;
      prefixes_.push_back({child, around});
      prefix_names_[&level].insert(child->pattern);
      std::vector<const Location*> inside = around;
      inside.push_back(child);
      collect(*child, inside);
    }
  }

  /// A nested location is looked for only where the one around it is the longest of its level:
  /// between the two no sibling of the outer one may match.
  bool is_reachable(const Chain& chain) const {
    const std::string_view path = chain.location->pattern;
    const Location* level = server_.root;
    for (const Location* outer : chain.around) {
      const PathSet& siblings = prefix_names_.at(level);
      if (has_beginning(siblings, path, outer->pattern.size())) return false;
      if (path != outer->pattern && siblings.contains(path)) return false;
      const auto exact = exact_names_.find(level);
      const bool is_exact = chain.location->kind == LocationKind::kExact;
      if (is_exact && exact != exact_names_.end() && exact->second.contains(path)) return false;
      level = outer;
    }
    return true;
  }

  void drop_unreachable() {
    const auto lost = [this](const Chain& chain) { return !is_reachable(chain); };
    std::erase_if(exact_, lost);
    std::erase_if(prefixes_, lost);
    std::stable_sort(prefixes_.begin(), prefixes_.end(), [](const Chain& a, const Chain& b) {
      const auto size = [](const Chain& each) { return each.location->pattern.size(); };
      return size(a) != size(b) ? size(a) > size(b) : a.around.size() > b.around.size();
    });
  }

  /// Expressions below `level`, each after those nested in it.
  void add_patterns(const Location& level, const Route& base) {
    for (const Location* child : level.children) {
      if (!is_pattern(*child)) continue;
      Route route = base;
      route.patterns.push_back({child->pattern, child->kind == LocationKind::kRegexNoCase});
      add_patterns(*child, route);
      route.location = child;
      out_.push_back(std::move(route));
    }
  }

  static Route paths_below(const Chain& chain) {
    return {Route::Kind::kPrefix, chain.location->pattern, {}, nullptr};
  }

  /// Expressions that come before this prefix: those inside it, then those of each location around
  /// it. A `^~` keeps out those beside it only, not those further out.
  void add_inner_patterns(const Chain& chain) {
    add_patterns(*chain.location, paths_below(chain));
    const Location* below = chain.location;
    for (auto outer = chain.around.rbegin(); outer != chain.around.rend(); ++outer) {
      if (below->kind != LocationKind::kPrefixNoRegex) {
        add_patterns(**outer, paths_below(chain));
      }
      below = *outer;
    }
  }

  void add_plain(const Chain& chain) {
    const std::string_view path = chain.location->pattern;
    const bool all = path == "/";
    takes_all_ = takes_all_ || all;
    out_.push_back({all ? Route::Kind::kAny : Route::Kind::kPrefix, path, {}, chain.location});
  }

  void add_prefix(const Chain& chain) {
    add_inner_patterns(chain);
    add_plain(chain);
  }

  /// Prefixes that must stand before the server's expressions: they do not ask them, or they have
  /// expressions of their own, which come first.
  static bool is_early(const Chain& chain) {
    if (!chain.asks_server() || has_patterns(*chain.location)) return true;
    return std::any_of(chain.around.begin(), chain.around.end(),
                       [](const Location* outer) { return has_patterns(*outer); });
  }

  /// The server's expressions are written once, before the prefixes that ask them; a prefix that
  /// lies inside an early one has to be early itself, and has a copy.
  void add_around_patterns() {
    PathSet early;
    for (const Chain& chain : prefixes_) {
      if (is_early(chain)) early.insert(chain.location->pattern);
    }
    std::vector<const Chain*> late;
    for (const Chain& chain : prefixes_) {
      const std::string_view path = chain.location->pattern;
      if (!early.contains(path) && !has_beginning(early, path, 0)) {
        late.push_back(&chain);
        continue;
      }
      add_inner_patterns(chain);
      if (chain.asks_server()) add_patterns(*server_.root, paths_below(chain));
      add_plain(chain);
    }
    if (takes_all_) return;
    add_patterns(*server_.root, Route{});
    for (const Chain* chain : late) add_plain(*chain);
  }

  const Server& server_;
  std::vector<Chain> exact_, prefixes_;
  std::map<const Location*, PathSet> exact_names_, prefix_names_;  // of the children, by level
  std::vector<Route> out_;
  bool takes_all_ = false;
};

}  // namespace

std::vector<Route> routes_of(const Server& server) {
  return Order(server).run();
}

std::vector<const Location*> locations_without_route(const Server& server) {
  std::vector<const Location*> out, open{server.root};
  while (!open.empty()) {
    const Location* level = open.back();
    open.pop_back();
    for (const Location* child : level->children) {
      if (is_pattern(*level) && (is_prefix(*child) || child->kind == LocationKind::kExact)) {
        out.push_back(child);
      } else {
        open.push_back(child);
      }
    }
  }
  return out;
}

bool server_rewrites(const Server& server, std::string_view flag) {
  const auto fits = [&](Directive at) {
    return at.name() == "rewrite" && (flag.empty() || at.arg(2) == flag);
  };
  for (const Directive at : children(server.scope->block())) {
    if (fits(at)) return true;
    if (at.name() != "if") continue;
    for (const Directive inside : children(at)) {
      if (fits(inside)) return true;
    }
  }
  return false;
}

}  // namespace poolproof::translate
