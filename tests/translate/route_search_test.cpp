// The search finds what asking each route in turn finds.
#include "translate/route_search.h"

#include <gtest/gtest.h>

#include "tests/grammar/config/config_fixture.h"

namespace poolproof::translate {
namespace {

using testing::merged_http;

const Location* asked_in_turn(const std::vector<Route>& routes, std::string_view path) {
  for (const Route& route : routes) {
    if (route.kind == Route::Kind::kExact && path != route.path) continue;
    if (route.kind == Route::Kind::kPrefix && !path.starts_with(route.path)) continue;
    bool fits = true;
    for (const PathPattern& each : route.patterns) {
      fits = fits && regex_matches(each.pattern, path, each.no_case);
    }
    if (fits) return route.location;
  }
  return nullptr;
}

TEST(RouteSearch, finds_the_first_that_matches) {
  const auto loaded = merged_http(
      "server { location = /a { } location /a { } location /a/b { location ~ x$ { } } "
      "location ^~ /s/ { } location ~ ^/[0-9]+$ { } location ~* \\.PNG$ { } location /s/t { } }");
  const std::vector<Route> routes = routes_of(loaded.config->servers().front());
  const RouteSearch search(routes);
  for (const std::string_view path :
       {"/", "/a", "/ab", "/a/b", "/a/bx", "/a/b/x", "/s/", "/s/1.png", "/s/t.png", "/s", "/12",
        "/12a", "/b.png", "", "/a.Png"}) {
    EXPECT_EQ(search.find(path), asked_in_turn(routes, path)) << path;
  }
}

TEST(RouteSearch, of_nothing_finds_nothing) {
  const std::vector<Route> none;
  EXPECT_EQ(RouteSearch(none).find("/"), nullptr);
}

}  // namespace
}  // namespace poolproof::translate
