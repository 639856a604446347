// See route_search.h.
#include "translate/route_search.h"

#include <algorithm>

namespace poolproof::translate {

RouteSearch::RouteSearch(const std::vector<Route>& routes) : routes_(routes) {
  for (std::size_t i = 0; i < routes.size(); ++i) {
    const Route& route = routes[i];
    if (!route.patterns.empty()) {
      Asked& asked = asked_.emplace_back();
      asked.index = i;
      for (const PathPattern& each : route.patterns) {
        asked.patterns.emplace_back(each.pattern, each.no_case);
      }
    } else if (route.kind == Route::Kind::kExact) {
      exact_.try_emplace(route.path, i);
    } else {
      prefixes_.try_emplace(route.kind == Route::Kind::kAny ? std::string_view() : route.path, i);
    }
  }
}

const Location* RouteSearch::find(std::string_view path) const {
  std::size_t first = routes_.size();
  const auto take = [&](const Plain& plain, std::string_view text) {
    if (const auto found = plain.find(text); found != plain.end()) {
      first = std::min(first, found->second);
    }
  };
  take(exact_, path);
  for (std::size_t size = 0; size <= path.size(); ++size) take(prefixes_, path.substr(0, size));
  for (const Asked& asked : asked_) {
    if (asked.index >= first) break;
    if (matches(asked, path)) {
      first = asked.index;
      break;
    }
  }
  return first == routes_.size() ? nullptr : routes_[first].location;
}

bool RouteSearch::matches(const Asked& asked, std::string_view path) const {
  const Route& route = routes_[asked.index];
  if (route.kind == Route::Kind::kExact && path != route.path) return false;
  if (route.kind == Route::Kind::kPrefix && !path.starts_with(route.path)) return false;
  return std::all_of(asked.patterns.begin(), asked.patterns.end(),
                     [&](const CompiledPattern& each) { return each.matches(path); });
}

}  // namespace poolproof::translate
