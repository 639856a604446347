// ngx_http_core_find_static_location of nginx 1.22.1: "/name" is answered with a redirect where
// "/name/" passes requests on and nothing else is called "/name".
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "translate/route_order.h"

namespace poolproof::translate {
namespace {

bool is_path(const Location& location) {
  return location.kind == LocationKind::kPrefix || location.kind == LocationKind::kPrefixNoRegex ||
         location.kind == LocationKind::kExact;
}

class Search {
 public:
  /// Found before anything that is nested, so the outer ones come first.
  std::vector<const Location*> run(const Server& server) {
    std::vector<const Location*> level{server.root};
    while (!level.empty()) {
      std::vector<const Location*> below;
      for (const Location* outer : level) {
        for (const Location* child : outer->children) {
          if (!is_path(*child)) continue;
          patterns_[outer].insert(child->pattern);
          below.push_back(child);
        }
      }
      for (const Location* location : below) add(*location);
      level = std::move(below);
    }
    return std::move(out_);
  }

 private:
  void add(const Location& location) {
    const std::string_view path = redirected_path(location);
    if (path.empty() || is_taken(location, path) || !said_.insert(path).second) return;
    out_.push_back(&location);
  }

  /// By a location of its own level, or because the search does not come to that level.
  bool is_taken(const Location& location, std::string_view path) const {
    if (patterns_.at(location.parent).contains(path)) return true;
    for (const Location* outer = location.parent; outer->parent != nullptr; outer = outer->parent) {
      const auto siblings = patterns_.find(outer->parent);
      if (siblings == patterns_.end()) continue;  // inside an expression
      for (std::size_t size = outer->pattern.size() + 1; size <= path.size(); ++size) {
        if (siblings->second.contains(path.substr(0, size))) return true;
      }
    }
    return false;
  }

  std::map<const Location*, std::set<std::string_view>> patterns_;  // of the locations inside
  std::set<std::string_view> said_;
  std::vector<const Location*> out_;
};

}  // namespace

std::string_view redirected_path(const Location& location) {
  const std::string_view path = location.pattern;
  const bool fits = is_path(location) && location.pass && path.size() > 1 && path.ends_with('/');
  return fits ? path.substr(0, path.size() - 1) : std::string_view();
}

std::vector<const Location*> slash_redirects(const Server& server) {
  return Search().run(server);
}

}  // namespace poolproof::translate
