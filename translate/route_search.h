// Which route takes a path: the first of the list that matches, found without asking all of them.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "grammar/config/regex_match.h"
#include "translate/route_order.h"

namespace poolproof::translate {

class RouteSearch {
 public:
  /// The routes live at least as long.
  explicit RouteSearch(const std::vector<Route>& routes);

  /// Null if there is none.
  const Location* find(std::string_view path) const;

 private:
  struct Asked {
    std::size_t index = 0;
    std::vector<CompiledPattern> patterns;
  };
  /// Without patterns, by path: the first of each.
  using Plain = std::unordered_map<std::string_view, std::size_t>;

  bool matches(const Asked& asked, std::string_view path) const;

  const std::vector<Route>& routes_;
  Plain exact_, prefixes_;
  std::vector<Asked> asked_;  // those with patterns, in order
};

}  // namespace poolproof::translate
