// The locations of a server as other proxies need them: a list in which the first rule that matches
// is the location that nginx would choose (`=`, longest prefix, `^~`, expressions in order, nested
// locations; ngx_http_core_find_location of nginx 1.22.1).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grammar/config/effective_config.h"

namespace poolproof::translate {

struct PathPattern {
  std::string_view pattern;
  bool no_case = false;
};

/// What the normalised path (decoded, slashes merged, without query) must be: all of it.
struct Route {
  enum class Kind { kAny, kExact, kPrefix };
  Kind kind = Kind::kAny;
  std::string_view path;              // of kExact and kPrefix
  std::vector<PathPattern> patterns;  // the path matches each of them as well
  const Location* location = nullptr;
};

/// Ends with a route that takes everything (the location "/", or the server's own settings). Named
/// locations, `if` and limit_except are no routes. Expressions are repeated for a prefix only where
/// the order demands it.
std::vector<Route> routes_of(const Server& server);

/// Locations that the list cannot have: prefix and exact ones inside an expression (nginx takes
/// them where their name begins with the text of the expression). To be told, never left out.
std::vector<const Location*> locations_without_route(const Server& server);

/// The path without its last slash that nginx redirects to the location with a 301; empty if it
/// does not: only locations that pass requests on have it.
std::string_view redirected_path(const Location& location);

/// The locations with such a path, one for each path, in the order in which they are asked: before
/// all routes, as the search for a prefix ends there.
std::vector<const Location*> slash_redirects(const Server& server);

/// Has the server's own block a `rewrite`, with that flag? It leads also to internal locations;
/// after one with `break` the path of a `proxy_pass` replaces nothing.
bool server_rewrites(const Server& server, std::string_view flag = {});

}  // namespace poolproof::translate
