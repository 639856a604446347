// Servers, locations and what is done there: small outputs as text, and what is told.
#include "tests/translate/envoy/envoy_fixture.h"

namespace poolproof::translate {
namespace {

using testing::location_to_envoy;
using testing::part;
using testing::Said;
using testing::to_envoy;

/// The routes of one server with these locations.
std::string routes(const std::string& locations) {
  return part(to_envoy("server { listen 80; server_name a.test; " + locations + " }").text,
              "routes:");
}

TEST(EnvoyRoutes, come_in_the_order_of_nginx) {
  EXPECT_EQ(routes("location / { return 204; } location ~ ^/r { return 201; } "
                   "location ^~ /img/ { return 202; } location = /x { return 203; } "
                   "location /long/er { return 200; }"),
            R"(routes:
  - match:
      path: /x
    direct_response:
      status: 203
  - match:
      prefix: /img/
    direct_response:
      status: 202
  - match:
      safe_regex:
        regex: "/r.*"
    direct_response:
      status: 201
  - match:
      prefix: /long/er
    direct_response:
      status: 200
  - match:
      prefix: /
    direct_response:
      status: 204
)");
}

TEST(EnvoyRoutes, expressions_inside_a_prefix_look_at_the_path_without_its_query) {
  EXPECT_EQ(part(routes("location ^~ /a/ { return 200; location ~* \\.png$ { return 201; } } "
                        "location / { return 202; }"),
                 "- match:"),
            R"(- match:
    prefix: /a/
    headers:
      - name: ":path"
        string_match:
          safe_regex:
            regex: "(?i)[^?]*\\.png(?:\\?.*)?"
  direct_response:
    status: 201
)");
}

TEST(EnvoyRoutes, redirect_to_the_slash_where_nginx_does) {
  const Said said =
      to_envoy("server { listen 8080; location /a/ { proxy_pass http://127.0.0.1:1; } }");
  EXPECT_EQ(part(said.text, "- match:"), R"(- match:
    path: /a
  redirect:
    path_redirect: /a/
    response_code: MOVED_PERMANENTLY
    port_redirect: 8080
)");
}

TEST(EnvoyRoutes, find_servers_by_name_wildcard_expression_and_default) {
  const Said said = to_envoy(
      "server { listen 80; server_name *.b.test www.b.*; return 200; }\n"
      "server { listen 80; server_name a.test .c.test; return 201; }\n"
      "server { listen 80; server_name ~^x; return 202; }\n"
      "server { listen 80 default_server; server_name d.test; return 203; }");
  EXPECT_EQ(part(said.text, "virtual_hosts:"), R"(virtual_hosts:
  - name: "*.b.test"
    domains:
      - "*.b.test"
      - "www.b.*"
    request_headers_to_remove:
      - x-nginx-forwarded-proto
    routes:
      - match:
          prefix: /
        direct_response:
          status: 200
  - name: a.test
    domains:
      - a.test
      - c.test
      - "*.c.test"
    request_headers_to_remove:
      - x-nginx-forwarded-proto
    routes:
      - match:
          prefix: /
        direct_response:
          status: 201
  - name: d.test
    domains:
      - d.test
    request_headers_to_remove:
      - x-nginx-forwarded-proto
    routes:
      - match:
          prefix: /
        direct_response:
          status: 203
  - name: d.test-2
    domains:
      - "*"
    request_headers_to_remove:
      - x-nginx-forwarded-proto
    routes:
      - match:
          prefix: /
          headers:
            - name: ":authority"
              string_match:
                safe_regex:
                  regex: "(?i)x.*(?::[0-9]+)?"
        direct_response:
          status: 202
      - match:
          prefix: /
        direct_response:
          status: 203
)");
}

TEST(EnvoyRoutes, replace_the_path) {
  const Said said =
      to_envoy("server { listen 80; location /a/ { proxy_pass http://127.0.0.1:1/b/; } }");
  EXPECT_TRUE(said.has("prefix_rewrite: /b/\n"));
  const Said rewritten = to_envoy(
      "server { listen 80; location / { rewrite ^/a/(.*) /b/$1 break; "
      "proxy_pass http://127.0.0.1:1; } }");
  EXPECT_EQ(part(rewritten.text, "regex_rewrite:"), R"(regex_rewrite:
  pattern:
    regex: "^/a/(.*).*$"
  substitution: "/b/\\1"
)");
}

TEST(EnvoyRoutes, leave_paths_alone_where_nothing_compares_them) {
  EXPECT_TRUE(location_to_envoy("proxy_pass http://app;").has("normalize_path: false\n"));
  EXPECT_TRUE(location_to_envoy("proxy_pass http://app/;").has("normalize_path: true\n"));
  EXPECT_TRUE(to_envoy("server { location /a { return 200; } merge_slashes off; }")
                  .has("merge_slashes: false\n"));
}

struct Answer {
  const char* statement;
  const char* route;
};

class EnvoyAnswers : public ::testing::TestWithParam<Answer> {};

TEST_P(EnvoyAnswers, are_said) {
  const Said said = to_envoy(std::string("server { listen 80; server_name a.test; location ~ "
                                         "^/x/(.*)$ { ") +
                             GetParam().statement + " } }");
  const std::string all = part(said.text, "- match:");
  const std::string match = part(all, "match:");
  ASSERT_NE(match, "") << said.text;
  EXPECT_NE(said.text.find("regex: \"/x/(.*)\""), std::string::npos);
  EXPECT_NE(all.find(GetParam().route), std::string::npos) << all;
}

INSTANTIATE_TEST_SUITE_P(
    All, EnvoyAnswers,
    ::testing::Values(
        Answer{"return 301 https://$host$request_uri;",
               "  redirect:\n    scheme_redirect: https\n    response_code: MOVED_PERMANENTLY\n"},
        Answer{"return 302 https://b.test/n?q=1;",
               "  redirect:\n    scheme_redirect: https\n    host_redirect: b.test\n"
               "    path_redirect: \"/n?q=1\"\n    strip_query: true\n    response_code: FOUND\n"},
        Answer{"return 308 /y/$1$is_args$args;",
               "  redirect:\n    regex_rewrite:\n      pattern:\n        regex: \"^/x/(.*)$\"\n"
               "      substitution: \"/y/\\\\1\"\n    response_code: PERMANENT_REDIRECT\n"},
        Answer{"return 303 $scheme://$server_name$uri;",
               "  redirect:\n    host_redirect: a.test\n    strip_query: true\n"
               "    response_code: SEE_OTHER\n"},
        Answer{"absolute_redirect off; return 301 /new;",
               "  direct_response:\n    status: 301\n  response_headers_to_add:\n    - header:\n"
               "        key: Location\n        value: /new\n"},
        Answer{"return 301 https://x.$host/;", "value: \"https://x.%REQ(:AUTHORITY)%/\"\n"},
        Answer{"return 301 $http_x_forwarded_proto://a;",
               "value: \"%REQ(x-nginx-forwarded-proto)%://a\"\n"},
        Answer{"default_type text/html; return 200 '100% ok';",
               "  direct_response:\n    status: 200\n    body:\n      inline_string: \"100% ok\"\n"
               "  response_headers_to_add:\n    - header:\n        key: Content-Type\n"
               "        value: text/html\n"},
        Answer{"return 404;", "  direct_response:\n    status: 404\n"},
        Answer{"deny all;", "  direct_response:\n    status: 403\n"},
        Answer{"internal;", "  direct_response:\n    status: 404\n"}));

TEST(EnvoyAnswers, keep_the_port_of_their_own) {
  EXPECT_TRUE(to_envoy("server { listen 8080; return 301 /a; }").has("port_redirect: 8080\n"));
  EXPECT_FALSE(to_envoy("server { listen 80; return 301 /a; }").has("port_redirect"));
  EXPECT_FALSE(to_envoy("server { listen 8080; port_in_redirect off; return 301 /a; }")
                   .has("port_redirect"));
}

TEST(EnvoyAnswers, to_whom_an_order_of_lines_decides) {
  const Said said = location_to_envoy(
      "deny 10.1.2.3; allow 10.0.0.0/8; allow 2001:db8::/32; deny all; proxy_pass http://app;");
  EXPECT_EQ(part(said.text, "envoy.filters.http.rbac:"), R"(envoy.filters.http.rbac:
  "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBACPerRoute
  rbac:
    rules:
      action: ALLOW
      policies:
        allowed:
          permissions:
            - any: true
          principals:
            - and_ids:
                ids:
                  - not_id:
                      or_ids:
                        ids:
                          - direct_remote_ip:
                              address_prefix: "10.1.2.3"
                              prefix_len: 32
                  - or_ids:
                      ids:
                        - direct_remote_ip:
                            address_prefix: "2001:db8::"
                            prefix_len: 32
                        - direct_remote_ip:
                            address_prefix: "10.0.0.0"
                            prefix_len: 8
)");
  EXPECT_TRUE(said.has("- name: envoy.filters.http.rbac\n"));
  EXPECT_FALSE(location_to_envoy("allow all; proxy_pass http://app;").has("rbac"));
  EXPECT_TRUE(location_to_envoy("deny 10.0.0.1; proxy_pass http://app;").has("- not_id:\n"));
}

}  // namespace
}  // namespace poolproof::translate
