// What configurations of shapes that nobody tuned for have shown beside nginx: each case is one
// difference that was mended or is told (tests/differential/translate_wide.py).
#include "tests/translate/caddy/caddy_fixture.h"

namespace poolproof::translate {
namespace {

using testing::in_location;
using testing::Translated;
using testing::translated;

TEST(Caddy, takes_no_server_for_failed_that_has_a_limit) {
  EXPECT_TRUE(translated("upstream app { server 10.0.0.1:80 max_conns=9; } server { listen 80; "
                         "location / { proxy_pass http://app; } }")
                  .has("unhealthy_request_count 9\n    max_fails 1\n"));
}

TEST(Caddy, asks_for_the_method_before_anything_is_returned) {
  const Translated seen =
      in_location("return 200 x; limit_except GET { deny all; } proxy_pass http://app;");
  EXPECT_LT(seen.text.find("not method GET HEAD"), seen.text.find("respond x 200"));
}

TEST(Caddy, is_internal_where_the_location_around_it_is) {
  const Translated seen = translated(
      "server { listen 80; location /a/ { internal; location /a/b/ "
      "{ proxy_pass http://10.0.0.1; } } }");
  EXPECT_FALSE(seen.has("reverse_proxy"));
  EXPECT_TRUE(seen.warns("X-Accel-Redirect"));
}

TEST(Caddy, tries_the_last_word_where_no_folder_is_known) {
  EXPECT_TRUE(translated("server { listen 80; location / { try_files $uri @a; } location @a "
                         "{ proxy_pass http://10.0.0.1; } }")
                  .has("reverse_proxy"));
}

TEST(Caddy, makes_whole_addresses_of_paths_only) {
  const Translated seen = in_location("return 302 $http_a;");
  EXPECT_TRUE(seen.has("vars_regexp {http.vars.nginx_redirect_target} ^/\n"));
  EXPECT_TRUE(seen.has("redir {http.vars.nginx_redirect_target} 302\n"));
}

TEST(Caddy, tells_of_digits_that_may_be_of_another_expression) {
  EXPECT_TRUE(in_location("if ($args ~ a(.)) { set $b $1; } proxy_set_header X-A $1; "
                          "proxy_pass http://app;")
                  .loses("`$1` has no equivalent"));
}

TEST(Caddy, tells_of_conditions_that_try_files_does_not_survive) {
  EXPECT_TRUE(in_location("root /www; if ($http_a) { set $b c; } try_files $uri =404;")
                  .loses("does not ask `try_files`"));
  EXPECT_FALSE(in_location("root /www; if ($http_a) { return 403; } try_files $uri =404;")
                   .loses("does not ask `try_files`"));
}

TEST(Caddy, takes_no_digits_of_a_map_for_nothing) {
  EXPECT_TRUE(translated("map $http_a $b { ~^x(.) $1; } server { listen 80; location / "
                         "{ proxy_set_header X-B $b; proxy_pass http://10.0.0.1; } }")
                  .loses("a value with `$1` to `$9`"));
}

TEST(Caddy, speaks_plainly_on_443) {
  EXPECT_TRUE(translated("server { listen 443; return 204; }").has("\n:443 {\n"));
}

}  // namespace
}  // namespace poolproof::translate
