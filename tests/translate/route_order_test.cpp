// The list of routes against nginx's own search, on made-up servers.
#include "translate/route_order.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "grammar/config/regex_match.h"
#include "tests/grammar/config/config_fixture.h"

namespace poolproof::translate {
namespace {

using testing::merged_http;

bool is_prefix_kind(const Location& at) {
  return at.kind == LocationKind::kPrefix || at.kind == LocationKind::kPrefixNoRegex;
}

/// nginx's search (ngx_http_core_find_location, nginx 1.22.1), one level; null: none found here.
const Location* found(const Location& level, const std::string& path) {
  const Location* best = nullptr;
  for (const Location* at : level.children) {
    if (at->kind == LocationKind::kExact && at->pattern == path) return at;
    if (!is_prefix_kind(*at) || !path.starts_with(at->pattern)) continue;
    if (best == nullptr || at->pattern.size() > best->pattern.size()) best = at;
  }
  const Location* inner = best == nullptr ? nullptr : found(*best, path);
  const bool is_final = inner != nullptr && !is_prefix_kind(*inner);
  if (is_final) return inner;
  const Location* prefix = inner == nullptr ? best : inner;
  if (best != nullptr && best->kind == LocationKind::kPrefixNoRegex) return prefix;
  for (const Location* at : level.children) {
    const bool no_case = at->kind == LocationKind::kRegexNoCase;
    if (at->kind != LocationKind::kRegex && !no_case) continue;
    if (!regex_matches(at->pattern, path, no_case)) continue;
    const Location* nested = found(*at, path);
    return nested == nullptr ? at : nested;
  }
  return prefix;
}

const Location* first_route(const std::vector<Route>& routes, const std::string& path) {
  for (const Route& route : routes) {
    if (route.kind == Route::Kind::kExact && path != route.path) continue;
    if (route.kind == Route::Kind::kPrefix && !path.starts_with(route.path)) continue;
    bool all = true;
    for (const PathPattern& each : route.patterns) {
      all = all && regex_matches(each.pattern, path, each.no_case);
    }
    if (all) return route.location;
  }
  return nullptr;
}

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  std::string path() {
    std::string out = "/";
    for (int left = pick(5); left > 0; --left) out += "ab/"[pick(3)];
    return out;
  }

  std::string locations(const std::string& below, int depth) {
    std::string out;
    std::vector<std::string> seen;
    for (int left = 1 + pick(depth == 0 ? 6 : 3); left > 0; --left) {
      const int kind = pick(6);
      const std::string name = kind < 2 ? pattern() : below + path().substr(below.empty() ? 0 : 1);
      const std::string key = (kind == 5 ? "=" : kind < 2 ? "~" : "") + name;
      if (std::find(seen.begin(), seen.end(), key) != seen.end()) continue;
      seen.push_back(key);
      static constexpr const char* kModifiers[] = {"~ ", "~* ", "", "", "^~ ", "= "};
      out += std::string("location ") + kModifiers[kind] + name + " {\n";
      if (kind != 5 && depth < 2 && pick(2) == 0) {
        out += locations(kind < 2 ? std::string("(?!)") : name, depth + 1);
      }
      out += "}\n";
    }
    return out;
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  std::string pattern() {
    static constexpr const char* kPatterns[] = {"a$", "b", "^/a", "/b", "B", "aa", "/$", "^/b.*a"};
    return kPatterns[pick(8)];
  }

  std::mt19937 random_;
};

TEST(RouteOrder, chooses_what_the_search_of_nginx_chooses) {
  std::size_t compared = 0;
  for (unsigned seed = 0; seed < 600; ++seed) {
    Maker maker(seed);
    const std::string text = maker.locations("", 0);
    const auto loaded = merged_http("server {\n" + text + "}\n");
    const Server& server = loaded.config->servers().front();
    const auto routes = routes_of(server);
    for (int i = 0; i < 60; ++i) {
      const std::string path = maker.path();
      const Location* expected = found(*server.root, path);
      if (expected == nullptr) expected = server.root;
      const Location* seen = first_route(routes, path);
      ASSERT_NE(seen, nullptr);
      ASSERT_EQ(seen->display(), expected->display()) << path << "\n" << text;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 36'000u);
}

TEST(RouteOrder, writes_expressions_once_where_order_allows) {
  const auto loaded =
      merged_http("server { location / {} location /a/ {} location ~ x {} location ^~ /s/ {} }");
  const auto routes = routes_of(loaded.config->servers().front());
  ASSERT_EQ(routes.size(), 4u);
  EXPECT_EQ(routes[0].location->display(), "^~ /s/");
  EXPECT_EQ(routes[1].location->display(), "~ x");
  EXPECT_EQ(routes[2].location->display(), "/a/");
  EXPECT_EQ(routes[3].kind, Route::Kind::kAny);
}

TEST(RouteOrder, no_regex_keeps_out_the_expressions_beside_it_only) {
  const auto loaded = merged_http(
      "server { location /a { location /a/b { location ~ x {} location ^~ /a/b/c {} } location ~ y "
      "{} } }");
  const auto routes = routes_of(loaded.config->servers().front());
  ASSERT_EQ(first_route(routes, "/a/b/c/x")->display(), "^~ /a/b/c");
  ASSERT_EQ(first_route(routes, "/a/b/c/y")->display(), "~ y");
}

TEST(RouteOrder, tells_what_it_cannot_have) {
  const auto loaded = merged_http("server { location ~ /a { location /a/b {} location ~ c {} } }");
  const auto left = locations_without_route(loaded.config->servers().front());
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0]->display(), "/a/b");
}

TEST(RouteOrder, ends_with_the_settings_of_the_server) {
  const auto loaded = merged_http("server { location = / {} }");
  const auto routes = routes_of(loaded.config->servers().front());
  ASSERT_EQ(routes.size(), 2u);
  EXPECT_EQ(routes[1].location->kind, LocationKind::kServerLevel);
}

}  // namespace
}  // namespace poolproof::translate
