// gateway-api as a target: one whole output, what each thing becomes, and what is told as lost.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/grammar/config/config_fixture.h"
#include "translate/targets.h"

namespace poolproof::translate {
namespace {

using testing::merged_http;

struct Translated {
  std::string yaml;
  std::vector<std::string> errors, warnings;

  bool tells(std::string_view what) const {
    return std::any_of(errors.begin(), errors.end(), [&](const std::string& message) {
      return message.find(what) != std::string::npos;
    });
  }
  bool has(std::string_view text) const { return yaml.find(text) != std::string::npos; }
};

Translated translated(const std::string& http) {
  const auto loaded = merged_http(http);
  const Translation out = to_gateway(*loaded.config);
  Translated seen{out.files.at(0).text, {}, {}};
  for (const Diagnostic& each : out.diagnostics) {
    EXPECT_EQ(each.rule, kNotTranslated);
    (each.severity == Severity::kError ? seen.errors : seen.warnings).push_back(each.message);
  }
  return seen;
}

Translated in_location(const std::string& statements) {
  return translated("upstream app { server 10.0.0.1:8080; }\nserver { listen 80; location / { " +
                    statements + " } }");
}

TEST(GatewayTarget, writes_what_can_be_applied) {
  const Translated seen = translated(R"(
upstream app {
    server 10.0.0.1:8080;
    server 10.0.0.2:8080;
}
server {
    listen 80;
    server_name shop.example *.shop.example;
    location / {
        proxy_pass http://app;
        proxy_set_header Host $host;
    }
}
)");
  EXPECT_EQ(seen.errors, std::vector<std::string>{});
  EXPECT_EQ(seen.yaml,
            R"(# For Kubernetes, from /etc/nginx/nginx.conf: behaves as nginx 1.31.5 does with it.
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: nginx
spec:
  gatewayClassName: nginx  # the class of your implementation
  listeners:
    - name: http-80  # /etc/nginx/nginx.conf:9
      port: 80
      protocol: HTTP
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute  # /etc/nginx/nginx.conf:8
metadata:
  name: shop-example-http-80
spec:
  parentRefs:
    - name: nginx
      sectionName: http-80
  rules:
    - matches:  # /etc/nginx/nginx.conf:11
        - path:
            type: PathPrefix
            value: /
      backendRefs:
        - name: app
          port: 8080
---
apiVersion: v1
kind: Service  # /etc/nginx/nginx.conf:5
metadata:
  name: app
spec:
  ports:
    - name: http
      port: 8080
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: app
  labels:
    kubernetes.io/service-name: app
addressType: IPv4
ports:
  - name: http
    port: 8080
endpoints:
  - addresses:
      - "10.0.0.1"
  - addresses:
      - "10.0.0.2"
)");
}

TEST(GatewayTarget, names_of_other_servers_are_hostnames) {
  const Translated seen = translated(R"(
server { listen 80 default_server; return 404; }
server { listen 80; server_name a.example *.b.example;
         location / { proxy_pass http://10.0.0.1; proxy_set_header Host $host; } }
)");
  EXPECT_EQ(seen.errors, std::vector<std::string>{});
  EXPECT_TRUE(seen.has("hostnames:\n    - \"a.example\"\n    - \"*.b.example\"\n"));
}

TEST(GatewayTarget, a_prefix_with_a_slash_redirects_to_it) {
  const Translated seen = translated(R"(
server { listen 80; location /a/ { proxy_pass http://10.0.0.1/b/; proxy_set_header Host $host; } }
)");
  EXPECT_TRUE(seen.has("type: Exact\n            value: /a\n"));
  EXPECT_TRUE(seen.has("replaceFullPath: /a/\n            statusCode: 301\n"));
  EXPECT_TRUE(seen.has("type: PathPrefix\n            value: /a\n"));
  EXPECT_TRUE(seen.has("replacePrefixMatch: /b\n"));
}

TEST(GatewayTarget, hosts_and_constant_headers_are_filters) {
  const Translated seen = in_location(
      "proxy_pass http://app; proxy_set_header X-A b; proxy_set_header Accept-Encoding ''; "
      "add_header X-C d always;");
  EXPECT_EQ(seen.errors, std::vector<std::string>{});
  EXPECT_TRUE(seen.has("hostname: app\n"));
  EXPECT_TRUE(seen.has("set:\n              - name: X-A\n                value: \"b\"\n"));
  EXPECT_TRUE(seen.has("remove:\n              - Accept-Encoding\n"));
  EXPECT_TRUE(seen.has("add:\n              - name: X-C\n"));
}

TEST(GatewayTarget, redirects) {
  const Translated seen = translated("server { listen 80; return 301 https://$host$request_uri; }");
  EXPECT_EQ(seen.errors, std::vector<std::string>{});
  EXPECT_TRUE(seen.has("scheme: https\n            port: 443\n            statusCode: 301\n"));
}

TEST(GatewayTarget, weights_need_services_of_their_own) {
  const Translated seen = translated(
      "upstream app { server 10.0.0.1:80 weight=3; server 10.0.0.2:80; }\n"
      "server { listen 80; location / { proxy_pass http://app; } }");
  EXPECT_TRUE(seen.has("- name: app\n          port: 80\n          weight: 3\n"));
  EXPECT_TRUE(seen.has("- name: app-2\n          port: 80\n          weight: 1\n"));
}

struct Loss {
  const char* location;
  const char* told;
};

class GatewayLosses : public ::testing::TestWithParam<Loss> {};

TEST_P(GatewayLosses, are_told) {
  const Translated seen = in_location(GetParam().location);
  EXPECT_TRUE(seen.tells(GetParam().told)) << GetParam().location;
}

INSTANTIATE_TEST_SUITE_P(
    All, GatewayLosses,
    ::testing::Values(Loss{"return 200 ok;", "answers nothing by itself"},
                      Loss{"proxy_pass http://app; proxy_set_header X $remote_addr;",
                           "changes from request to request"},
                      Loss{"proxy_pass http://$host;", "variables decide"},
                      Loss{"fastcgi_pass 10.0.0.1:9000;", "only HTTP"},
                      Loss{"proxy_pass https://app;", "BackendTLSPolicy"},
                      Loss{"root /srv;", "serves no files"},
                      Loss{"proxy_pass http://app; limit_except GET { deny all; }", "limit_except"},
                      Loss{"proxy_pass http://app; auth_basic x;", "nobody is let in"},
                      Loss{"proxy_pass http://app; auth_request /a;", "nobody is let in"},
                      Loss{"proxy_pass http://app; allow 10.0.0.0/8; deny all;",
                           "nobody is let in"},
                      Loss{"proxy_pass http://app; sub_filter a b;", "texts are not replaced"},
                      Loss{"proxy_pass http://app; add_header X y;", "without `always`"}));

TEST(GatewayTarget, tells_paths_that_segments_do_not_take) {
  EXPECT_TRUE(translated("server { listen 80; location /a { proxy_pass http://10.0.0.1; } }")
                  .tells("`/ax`"));
  EXPECT_TRUE(translated("server { listen 80; location ~ a { proxy_pass http://10.0.0.1; } }")
                  .tells("expressions"));
}

TEST(GatewayTarget, tells_names_that_no_route_takes) {
  EXPECT_TRUE(translated("server { listen 80; return 404; }\n"
                         "server { listen 80; server_name ~^a; return 404; }")
                  .tells("the name `^a`"));
}

TEST(GatewayTarget, refuses_what_it_cannot_say) {
  const Translated seen = translated(
      "server { listen 80; location / { proxy_pass http://10.0.0.1; } location /files/ { root /a; "
      "} "
      "location /no/ { deny all; proxy_pass http://10.0.0.1; } "
      "location /in/ { internal; proxy_pass http://10.0.0.1; } location = /t { return 200 ok; } }");
  for (const std::string path : {"/files", "/no", "/in", "/t"}) {
    const std::size_t at = seen.yaml.rfind("value: " + path + "\n");
    ASSERT_NE(at, std::string::npos) << path;
    const std::string next = seen.yaml.substr(at + 8 + path.size(), 14);
    EXPECT_TRUE(next.starts_with("    - matches:")) << path << ": " << next;
  }
}

TEST(GatewayTarget, tells_the_default_servers_names_from_wildcards) {
  const Translated seen = translated(R"(
server { listen 80; server_name a.b.example; return 301 https://x.example$request_uri; }
server { listen 80; server_name *.b.example; return 301 https://y.example$request_uri; }
)");
  EXPECT_TRUE(seen.has("hostnames:\n    - \"a.b.example\"\n"));
  EXPECT_TRUE(seen.has("name: a-b-example-http-80-2\n"));
}

TEST(GatewayTarget, keeps_to_the_limits_of_the_api) {
  std::string http = "server { listen 80; return 404; }\nserver { listen 80; server_name";
  for (int i = 0; i < 20; ++i) http += " n" + std::to_string(i) + ".example";
  http += ";\n";
  for (int i = 0; i < 20; ++i) {
    http += "location = /" + std::to_string(i) + " { proxy_pass http://10.0.0.1; }\n";
  }
  const Translated seen = translated(http + "}");
  EXPECT_TRUE(seen.has("name: n0-example-http-80-4\n"));
  EXPECT_FALSE(seen.has("name: n0-example-http-80-5\n"));
}

TEST(GatewayTarget, has_names_of_their_own) {
  const Translated seen = translated(
      "upstream app { server 10.0.0.1:1 weight=2; server 10.0.0.1:2; }\n"
      "upstream app-2 { server 10.0.0.2; }\nserver { listen 80; "
      "location = /a { proxy_pass http://app; } location = /b { proxy_pass http://app-2; } }");
  EXPECT_TRUE(seen.has("kind: Service  # /etc/nginx/nginx.conf:4\nmetadata:\n  name: app-2-2\n"))
      << seen.yaml;
}

TEST(GatewayTarget, tells_what_two_rules_cannot_say) {
  EXPECT_TRUE(translated("server { listen 80; location /a { proxy_pass http://10.0.0.1; } "
                         "location /a/ { proxy_pass http://10.0.0.2; } }")
                  .tells("segments do not tell it from the location `/a/`"));
  EXPECT_TRUE(translated("server { listen 80; location = / { proxy_pass http://unix:/s; } }")
                  .tells("a socket is on one machine only"));
  EXPECT_TRUE(translated("server { listen 80; return 301 /new; }").tells("drops the arguments"));
}

TEST(GatewayTarget, without_a_server_there_is_no_gateway) {
  EXPECT_FALSE(translated("").has("kind: Gateway"));
}

TEST(GatewayTarget, ten_thousand_locations_take_no_time) {
  std::string locations;
  for (int i = 0; i < 10'000; ++i) {
    locations += "location /p" + std::to_string(i) + "/ { proxy_pass http://app; }\n";
  }
  const Translated seen =
      translated("upstream app { server 10.0.0.1; }\nserver { listen 80;\n" + locations + "}");
  EXPECT_TRUE(seen.has("value: /p9999\n"));
}

}  // namespace
}  // namespace poolproof::translate
