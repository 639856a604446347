// What Envoy cannot say is told, each with its severity.
#include "tests/translate/envoy/envoy_fixture.h"

namespace poolproof::translate {
namespace {

using testing::location_to_envoy;
using testing::Said;
using testing::to_envoy;

struct Loss {
  const char* location;
  Severity severity;
  const char* told;
};

class EnvoyLosses : public ::testing::TestWithParam<Loss> {};

TEST_P(EnvoyLosses, are_told) {
  const Said said = location_to_envoy(GetParam().location);
  EXPECT_TRUE(said.tells(GetParam().severity, GetParam().told)) << said.loss();
  for (const Diagnostic& each : said.told) EXPECT_EQ(each.rule, kNotTranslated);
}

constexpr Severity kE = Severity::kError, kW = Severity::kWarning;

INSTANTIATE_TEST_SUITE_P(
    All, EnvoyLosses,
    ::testing::Values(
        Loss{"proxy_pass http://app;", kE, "the default `proxy_redirect`"},
        Loss{"proxy_pass http://app; proxy_redirect http://a/ /;", kE, "`proxy_redirect` is not"},
        Loss{"proxy_pass http://$host;", kE, "with variables is not translated"},
        Loss{"proxy_pass http://app/a?b=c;", kE, "arguments in `proxy_pass`"},
        Loss{"fastcgi_pass app;", kE, "envoy does not speak fastcgi"},
        Loss{"memcached_pass app;", kE, "envoy does not speak memcached"},
        Loss{"root /srv;", kE, "envoy serves no files"},
        Loss{"internal; proxy_pass http://app;", kE, "`internal` is not quite translated"},
        Loss{"return 444;", kE, "`return 444` is not translated to envoy: it answers 403"},
        Loss{"return 200 $args;", kE, "`$args` has no equivalent"},
        Loss{"return 200 $request_uri;", kE, "a text without its variables cannot be sent"},
        Loss{"rewrite ^/a /b last; proxy_pass http://app;", kE, "the path stays as it is"},
        Loss{"rewrite ^/a/(.*)$ /$1 break; proxy_pass http://app/x/;", kE,
             "where this `rewrite` does not match"},
        Loss{"if ($http_x) { return 403; } proxy_pass http://app;", kE, "condition is not asked"},
        Loss{"limit_except GET { deny all; } proxy_pass http://app;", kE, "every method is taken"},
        Loss{"allow unix:; deny all; proxy_pass http://app;", kE, "it looks at addresses only"},
        Loss{"auth_basic x; proxy_pass http://app;", kE, "nobody is let in"},
        Loss{"auth_request /a; proxy_pass http://app;", kE, "nobody is let in"},
        Loss{"error_page 502 /x; proxy_pass http://app;", kE, "errors are answered as they come"},
        Loss{"add_header X y; proxy_pass http://app;", kE, "without `always`"},
        Loss{"add_header X $host always; proxy_pass http://app;", kE,
             "is what the upstream was sent"},
        Loss{"proxy_set_header Host $host:$server_port; proxy_pass http://app;", kE,
             "the client's is sent"},
        Loss{"proxy_set_header Content-Length 1; proxy_pass http://app;", kE, "not set by envoy"},
        Loss{"proxy_set_header X $request_id; proxy_pass http://app;", kE, "has no equivalent"},
        Loss{"proxy_set_header X-A b; proxy_set_header X-C $http_x_a; proxy_pass http://app;", kE,
             "reads the value that is sent"},
        Loss{"sub_filter a b; proxy_pass http://app;", kE, "texts are not replaced"},
        Loss{"proxy_request_buffering off; proxy_pass http://app;", kW, "until it has all of it"},
        Loss{"proxy_http_version 1.0; proxy_pass http://app;", kW, "speaks HTTP/1.1"},
        Loss{"keepalive_timeout 60s; return 204;", kW, "in another block"},
        Loss{"gzip on; proxy_pass http://app;", kW, "answers are not compressed"},
        Loss{"proxy_pass http://app/;", kW, "paths: envoy passes on what it compares"}));

/// Lines of single addresses that allow and deny in turn, and then deny all.
std::string turns(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    out += (i % 2 == 0 ? "deny 10.0." : "allow 10.0.") + std::to_string(i / 256) + "." +
           std::to_string(i % 256) + "; ";
  }
  return out + "deny all; proxy_pass http://app;";
}

TEST(EnvoyLoss, of_allow_and_deny_that_take_too_many_turns) {
  constexpr const char* kTold = "`allow` and `deny` that take turns more than 16 times";
  const Said most = location_to_envoy(turns(16));
  EXPECT_FALSE(most.tells(kE, kTold));
  EXPECT_TRUE(most.has("- name: envoy.filters.http.rbac\n"));
  for (const int count : {18, 10'000}) {
    const Said said = location_to_envoy(turns(count));
    EXPECT_TRUE(said.tells(kE, kTold)) << count;
    EXPECT_TRUE(said.has("status: 403\n")) << count;
    EXPECT_FALSE(said.has("rbac")) << count;
  }
  // Lines behind `all` are never reached, however many they are.
  const Said reached = location_to_envoy("deny 10.0.0.1; allow all; " + turns(10'000));
  EXPECT_FALSE(reached.tells(kE, kTold));
  EXPECT_TRUE(reached.has("- not_id:\n"));
}

TEST(EnvoyLoss, of_expressions_that_re2_does_not_have) {
  EXPECT_TRUE(to_envoy("server { location ~ (?!a)b { return 204; } }")
                  .tells(Severity::kError, "RE2 has no such expression"));
  EXPECT_TRUE(to_envoy("server { return 204; } server { server_name ~(?!a)b; return 204; }")
                  .tells(Severity::kError, "RE2 has no such expression"));
}

TEST(EnvoyLoss, of_paths_that_are_escaped) {
  EXPECT_TRUE(to_envoy("server { location /caf\xc3\xa9 { return 204; } }")
                  .tells(Severity::kError, "is compared by envoy as `/caf%C3%A9`"));
}

TEST(EnvoyLoss, of_servers) {
  const auto app = [](const std::string& inside) {
    return location_to_envoy("proxy_pass http://app;", "server 127.0.0.1:2; " + inside);
  };
  EXPECT_TRUE(app("server 127.0.0.1:3 max_conns=4;").tells(kW, "`max_conns`"));
  EXPECT_TRUE(app("server 127.0.0.1:3 max_fails=4;").tells(kW, "all servers of a cluster"));
  EXPECT_TRUE(app("ip_hash;").tells(kW, "envoy hashes otherwise"));
  EXPECT_TRUE(app("hash $args;").tells(kE, "it has no such key"));
  EXPECT_TRUE(app("least_conn;").tells(kW, "two servers by chance"));
}

TEST(EnvoyLoss, of_connections_with_clients) {
  EXPECT_TRUE(to_envoy("keepalive_timeout 60s 30s; server { return 204; }")
                  .tells(kE, "`Keep-Alive` is not sent"));
  EXPECT_TRUE(to_envoy("client_body_timeout 60s; server { return 204; }")
                  .tells(kW, "`client_body_timeout`"));
  EXPECT_TRUE(to_envoy("server { server_name a.test; return 204; } "
                       "server { server_name \"\"; return 204; }")
                  .tells(kE, "the empty name"));
}

}  // namespace
}  // namespace poolproof::translate
