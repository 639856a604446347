// What a `rewrite` and the last word of `try_files` become. That escapes come out as nginx has them
// is shown beside nginx (tests/differential/translate_escapes.py).
#include <gtest/gtest.h>

#include "tests/translate/caddy/caddy_fixture.h"

namespace poolproof::translate {
namespace {

using testing::in_location;
using testing::Translated;
using testing::translated;

TEST(CaddyRewrites, parts_of_the_path_are_taken_over_behind_marks) {
  const Translated seen = in_location("rewrite ^/a/(.*)$ /b/$1 break; proxy_pass http://app;");
  EXPECT_EQ(seen.errors, std::vector<std::string>{});
  EXPECT_EQ(seen.warnings, std::vector<std::string>{});
  EXPECT_TRUE(seen.has("uri path_regexp (?i)%3f %EF%B7%91"));
  EXPECT_TRUE(seen.has("@again1 path_regexp again1 ^/a/(.*)$"));
  EXPECT_TRUE(seen.has("rewrite * /b/{http.regexp.again1.1}\n"));
  EXPECT_TRUE(seen.has("import unmark_escapes"));
}

TEST(CaddyRewrites, an_expression_that_names_a_mark_is_told) {
  EXPECT_TRUE(in_location(R"(rewrite ^/a\?(.*)$ /b/$1 break; proxy_pass http://app;)")
                  .warns("read anew by caddy"));
  EXPECT_TRUE(in_location("rewrite ^/a/([%a]+)$ /b/$1 break; proxy_pass http://app;")
                  .warns("read anew by caddy"));
  EXPECT_TRUE(in_location("rewrite ^/a/([!-~]+)$ /b/$1 break; proxy_pass http://app;")
                  .warns("read anew by caddy"));
  EXPECT_FALSE(in_location("rewrite ^/a/([^/a-z_-]+)$ /b/$1 break; proxy_pass http://app;")
                   .warns("read anew by caddy"));
}

TEST(CaddyRewrites, other_variables_are_told) {
  EXPECT_TRUE(in_location("rewrite ^ /b/$http_x break; proxy_pass http://app;")
                  .warns("a `?` or `%` in `$http_x` is read anew"));
  EXPECT_EQ(in_location("rewrite ^ /b/$host break; proxy_pass http://app;").warnings,
            std::vector<std::string>{});
}

TEST(CaddyRewrites, arguments_are_not_escaped_where_the_path_is_not) {
  const Translated seen =
      in_location("rewrite ^/a/(.*)$ /b?x=$1&y=$http_y break; proxy_pass http://app;");
  EXPECT_TRUE(seen.warns("caddy writes what is taken over into arguments as forms do"));
  EXPECT_TRUE(seen.has("route @bare_target"));
  EXPECT_TRUE(seen.has("//1 {http.regexp.rewrite1.1}"));
  EXPECT_TRUE(seen.has("//2 {http.request.header.y}"));
  EXPECT_TRUE(seen.has("route @escaped_target"));
}

TEST(CaddyRewrites, a_redirect_loses_what_is_no_escape) {
  const Translated seen = in_location("rewrite ^ /a%zz%41%20 redirect;");
  EXPECT_TRUE(seen.has("/azzA%20{is_args}{http.request.uri.query} 302"));
  EXPECT_FALSE(seen.warns("rewrite"));
  EXPECT_TRUE(in_location("rewrite ^ /a%$host redirect;").warns("for an escape"));
  EXPECT_TRUE(in_location("rewrite ^ /a$http_x redirect;").warns("nginx takes escapes off"));
}

TEST(CaddyTries, front_controllers_keep_their_arguments) {
  const Translated seen = translated(R"(
upstream app { server 10.0.0.1:8080; }
server { listen 80; root /srv;
  location / { try_files $uri /index.php$is_args$args; }
  location /q/ { try_files $uri /index.php?q=$uri&$args; }
  location ~ \.php$ { proxy_pass http://app; }
})");
  EXPECT_EQ(seen.errors, std::vector<std::string>{});
  EXPECT_TRUE(seen.has("rewrite * /index.php?{http.request.uri.query}\n"));
  EXPECT_TRUE(seen.has("//1 {http.vars.normal_path}"));
}

TEST(CaddyTries, a_path_without_its_slash_is_redirected) {
  const Translated seen = translated(R"(
upstream app { server 10.0.0.1:8080; }
server { listen 80; root /srv;
  location / { try_files $uri /app?a=b; }
  location /app/ { proxy_pass http://app; }
})");
  EXPECT_EQ(seen.errors, std::vector<std::string>{});
  EXPECT_TRUE(seen.has("rewrite * /-?a=b\n"));
  EXPECT_TRUE(seen.has("redir {http.request.scheme}://{http.request.host}/app/{is_args}"));
}

TEST(CaddyMaps, expressions_that_take_captures_over_are_told) {
  constexpr std::string_view kServer = R"(
upstream app { server 10.0.0.1:8080; }
server { listen 80; location ~ ^/(.*)$ {
  proxy_set_header X-A $kind; proxy_set_header X-B $1; proxy_pass http://app; } })";
  const std::string server(kServer);
  EXPECT_TRUE(translated("map $http_x $kind { ~^a a; default b; }" + server)
                  .loses("what the expressions of the map `$kind` take"));
  EXPECT_TRUE(translated("map $http_x $inner { ~^a a; } map $inner $kind { a b; }" + server)
                  .loses("what the expressions of the map `$kind` take"));
  EXPECT_EQ(translated("map $http_x $kind { a a; default b; }" + server).errors,
            std::vector<std::string>{});
}

TEST(CaddyFields, only_answers_of_the_upstream_name_it) {
  const Translated seen = in_location(
      "add_header X-P $proxy_host always; if ($http_x) { return 403; } proxy_pass http://app;");
  EXPECT_LT(seen.text.find("respond 403"), seen.text.find("header +X-P app"));
}

}  // namespace
}  // namespace poolproof::translate
