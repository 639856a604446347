// caddy as a target: one whole output, what each thing becomes, and what is told as lost. That it
// behaves so is shown beside nginx (tests/differential/translate_caddy*.py).
#include <gtest/gtest.h>

#include "tests/translate/caddy/caddy_fixture.h"

namespace poolproof::translate {
namespace {

using testing::in_location;
using testing::Translated;
using testing::translated;

constexpr std::string_view kKept =
    "proxy_http_version 1.1; proxy_set_header Connection ''; proxy_pass http://app;";

TEST(CaddyTarget, writes_a_whole_file) {
  const Translated seen = translated(R"(
upstream app {
    server 10.0.0.1:8080;
    keepalive 16;
}
server {
    listen 80;
    server_name shop.example;
    location / {
        proxy_pass http://app;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Forwarded-Host $host;
    }
}
)");
  EXPECT_EQ(seen.errors, std::vector<std::string>{});
  EXPECT_EQ(seen.warnings, std::vector<std::string>{});
  const std::size_t begin = seen.text.find("{\n");
  EXPECT_EQ(seen.text.substr(begin), R"({
    admin off
    auto_https off
    servers 0.0.0.0:80 {
        protocols h1
        timeouts {
            read_header 60s
            idle 75s
        }
    }
}

# values that nginx has by itself, found when they are asked for
(definitions) {
    map {http.request.header.X-Forwarded-For} {forwarded_for} {
        `` {http.request.remote.host}
        default `{http.request.header.X-Forwarded-For}, {http.request.remote.host}`
    }
}

# client_max_body_size, in bytes
(limit_body) {
    @too_large expression `{http.request.header.Content-Length} != "" && int({http.request.header.Content-Length}) > {args.0}`
    respond @too_large 413
    request_body {
        max_size {args.0}
    }
}

(servers_app) {
    to 10.0.0.1:8080  # /etc/nginx/nginx.conf:5
}

(connections_app) {
    transport http {
        versions 1.1
        compression off
        dial_timeout 60s
        read_timeout 60s
        write_timeout 60s
        keepalive 60s
        keepalive_idle_conns 16
        keepalive_idle_conns_per_host 16
    }
}

(unnamed_fields) {
    header_up -TE
    header_up -Expect
}

(hidden_fields) {
    header_down -Date
    header_down -Server
    header_down -X-Pad
    header_down -X-Accel-*
}

# /etc/nginx/nginx.conf:9
http://:80 {
    bind 0.0.0.0
    route {
        import definitions
        request_header -*_*
        # /etc/nginx/nginx.conf:11: location /
        route {
            import limit_body 1048576
            request_header -Upgrade
            reverse_proxy {
                import servers_app
                import connections_app
                header_up Host {http.request.host}
                header_up X-Forwarded-For {forwarded_for}
                header_up X-Forwarded-Proto {http.request.scheme}
                header_up X-Forwarded-Host {http.request.host}
                import unnamed_fields
                import hidden_fields
                header_down Location ^http://app/(.*)$ {http.request.scheme}://{http.request.host}/${1}
            }
        }
    }
}
)");
}

// --- connections ---------------------------------------------------------------------------------

TEST(CaddyTarget, defines_what_is_used) {
  const Translated seen = translated("server { return 204; }");
  EXPECT_FALSE(seen.has("definitions"));
  EXPECT_FALSE(seen.has("limit_body"));
}

TEST(CaddyPool, is_that_of_all_workers) {
  const auto loaded = testing::merged(
      "worker_processes 4;\nevents {}\nhttp { upstream app { server 10.0.0.1; keepalive 8; "
      "keepalive_timeout 5s; }\nserver { location / { " +
      std::string(kKept) + " } } }");
  const std::string text = to_caddy(*loaded.config).files.at(0).text;
  EXPECT_NE(text.find("keepalive_idle_conns 32\n"), std::string::npos);
  EXPECT_NE(text.find("keepalive_idle_conns_per_host 32\n"), std::string::npos);
  EXPECT_NE(text.find("keepalive 5s\n"), std::string::npos);
}

TEST(CaddyPool, is_off_where_nginx_closes) {
  const std::string closed = "proxy_set_header Connection close; proxy_pass http://app;";
  EXPECT_TRUE(in_location(closed).has("keepalive off\n"));
  EXPECT_TRUE(in_location(closed, "keepalive 8;").has("keepalive off\n"));
  EXPECT_TRUE(in_location(std::string(kKept), "keepalive 0;").has("keepalive off\n"));
  EXPECT_FALSE(in_location(std::string(kKept), "keepalive 8;").has("keepalive off\n"));
}

TEST(CaddyPool, tells_of_limits_that_are_not_there) {
  const std::string kept(kKept);
  EXPECT_TRUE(in_location(kept, "keepalive 8; keepalive_requests 50;").warns("keepalive_requests"));
  EXPECT_TRUE(in_location(kept, "keepalive 8; keepalive_time 5m;").warns("keepalive_time"));
  EXPECT_FALSE(in_location(kept, "keepalive 8;").warns("keepalive_"));
}

TEST(CaddyServers, weights_are_repetitions) {
  const Translated seen = translated(
      "upstream app { server 10.0.0.1 weight=4; server 10.0.0.2 weight=2; }\n"
      "server { location / { proxy_pass http://app; } }");
  EXPECT_TRUE(seen.has("to 10.0.0.1:80 10.0.0.1:80  #"));
  EXPECT_TRUE(seen.has("to 10.0.0.2:80  #"));
  EXPECT_TRUE(seen.errors.empty());
}

TEST(CaddyServers, great_weights_are_told) {
  const Translated seen = translated(
      "upstream app { server 10.0.0.1 weight=97; server 10.0.0.2; }\n"
      "server { location / { proxy_pass http://app; } }");
  EXPECT_TRUE(seen.loses("weights"));
}

TEST(CaddyServers, one_with_a_backup_is_first) {
  const Translated seen = translated(
      "upstream app { server 10.0.0.1; server 10.0.0.2 backup; }\n"
      "server { location / { proxy_pass http://app; } }");
  EXPECT_TRUE(seen.has("lb_policy first\n"));
  EXPECT_TRUE(seen.errors.empty());
  EXPECT_TRUE(translated("upstream app { server 10.0.0.1; server 10.0.0.3; server 10.0.0.2 backup; "
                         "}\nserver { location / { proxy_pass http://app; } }")
                  .loses("`backup`"));
}

TEST(CaddyServers, balancing_methods) {
  const auto policy = [](const std::string& method) {
    return translated("upstream app { " + method +
                      " server 10.0.0.1; server 10.0.0.2; }\n"
                      "server { location / { proxy_pass http://app; } }");
  };
  EXPECT_TRUE(policy("least_conn;").has("lb_policy least_conn\n"));
  EXPECT_TRUE(policy("random two least_conn;").has("lb_policy random_choose 2\n"));
  EXPECT_TRUE(policy("ip_hash;").has("lb_policy ip_hash\n"));
  EXPECT_TRUE(policy("ip_hash;").warns("hashes otherwise"));
  EXPECT_TRUE(policy("hash $request_uri;").has("lb_policy uri_hash\n"));
  EXPECT_TRUE(policy("hash $http_x_user consistent;").has("lb_policy header x-user\n"));
  EXPECT_TRUE(policy("hash $arg_id;").loses("`hash`"));
}

TEST(CaddyServers, failures) {
  const Translated seen = translated(
      "upstream app { server 10.0.0.1 max_fails=3 fail_timeout=7s; server 10.0.0.2 max_fails=3 "
      "fail_timeout=7s; }\nserver { location / { proxy_pass http://app; } }");
  EXPECT_TRUE(seen.has("fail_duration 7s\n"));
  EXPECT_TRUE(seen.has("max_fails 3\n"));
  EXPECT_TRUE(seen.has("lb_retries 1\n"));
  EXPECT_TRUE(seen.has("buffer_requests\n"));
  EXPECT_FALSE(in_location("proxy_pass http://app;").has("max_fails"));
  EXPECT_TRUE(in_location("proxy_next_upstream error http_503; proxy_pass http://app;")
                  .loses("only after errors and timeouts"));
}

// --- servers and locations -----------------------------------------------------------------------

TEST(CaddySites, addresses_of_one_port_that_do_the_same_are_one_site) {
  const Translated seen =
      translated("server { listen 8080; listen [::]:8080; location / { return 204; } }");
  EXPECT_TRUE(seen.has("bind 0.0.0.0 tcp6/[::]\n"));
}

TEST(CaddySites, names_lead_to_servers_in_the_order_of_nginx) {
  const Translated seen = translated(
      "server { listen 80 default_server; return 200 d; }\n"
      "server { listen 80; server_name ~^(?<who>\\w+)\\.x$; return 200 $who; }\n"
      "server { listen 80; server_name *.a.test b.test; return 204; }");
  const auto at = [&](std::string_view what) {
    EXPECT_TRUE(seen.has(what)) << what;
    return seen.text.find(what);
  };
  EXPECT_LT(at("host b.test b.test."), at("(?i)^.+\\.a\\.test\\.?$"));
  EXPECT_LT(at("(?i)^.+\\.a\\.test\\.?$"), at("(?i)^(?P<who>\\w+)\\.x$"));
  EXPECT_TRUE(seen.has(".who} 200\n"));
}

TEST(CaddySites, each_certificate_is_a_site) {
  const Translated seen = translated(
      "server { listen 443 ssl; server_name a.test; ssl_certificate a.crt; ssl_certificate_key "
      "a.key; return 204; }\n"
      "server { listen 443 ssl; server_name b.test *.b.test; ssl_certificate b.crt; "
      "ssl_certificate_key b.key; ssl_protocols TLSv1.3; return 204; }");
  EXPECT_TRUE(seen.has("https://b.test:443, https://*.b.test:443 {"));
  EXPECT_TRUE(seen.has("tls b.crt b.key {\n        protocols tls1.3 tls1.3"));
  EXPECT_TRUE(seen.has("https://:443 {"));
  EXPECT_TRUE(seen.has("tls a.crt a.key {"));
}

TEST(CaddySites, the_proxy_protocol_is_told) {
  EXPECT_TRUE(translated("server { listen 80 proxy_protocol; return 204; }").loses("PROXY"));
}

TEST(CaddyLocations, prefixes_are_expressions_with_regard_to_case) {
  const Translated seen = translated(
      "server { location = /a { return 201; } location /a.b { return 202; } location ~* \\.gif$ { "
      "return 203; } location ^~ /c { return 204; } }");
  EXPECT_TRUE(seen.has("path1 ^/a$\n"));
  EXPECT_TRUE(seen.has("^/a\\.b\n"));
  EXPECT_TRUE(seen.has("(?i)\\.gif$\n"));
  EXPECT_TRUE(seen.errors.empty());
}

TEST(CaddyLocations, expressions_that_go_does_not_have_are_told) {
  const Translated seen =
      translated("server { location ~ (?<!x)b$ { return 201; } location / { return 204; } }");
  EXPECT_TRUE(seen.loses("no such expression"));
  EXPECT_FALSE(seen.has("respond 201"));
}

TEST(CaddyLocations, who_cannot_be_asked_is_not_let_in) {
  const Translated seen =
      in_location("auth_basic on; auth_basic_user_file /x; proxy_pass http://app;");
  EXPECT_TRUE(seen.loses("nobody is let in"));
  EXPECT_TRUE(seen.has("respond 403\n"));
  EXPECT_FALSE(seen.has("reverse_proxy"));
}

TEST(CaddyLocations, addresses) {
  const Translated seen = in_location("allow 10.0.0.0/8; deny all; proxy_pass http://app;");
  EXPECT_TRUE(seen.has("not remote_ip 10.0.0.0/8\n"));
  EXPECT_TRUE(seen.errors.empty());
}

TEST(CaddyLocations, try_files_leads_to_other_locations) {
  const Translated seen = translated(
      "upstream app { server 10.0.0.1; }\nserver { root /srv; location / { try_files $uri @app; } "
      "location @app { proxy_pass http://app; } }");
  EXPECT_TRUE(seen.errors.empty());
  EXPECT_TRUE(seen.has("try_files {http.vars.normal_path}\n"));
  EXPECT_TRUE(seen.has("import servers_app\n"));
}

// --- paths, fields, scripts ----------------------------------------------------------------------

TEST(CaddyProxy, replaces_the_path) {
  const Translated seen = translated(
      "upstream app { server 10.0.0.1; }\n"
      "server { location /api/ { proxy_pass http://app/v1/; } }");
  EXPECT_TRUE(seen.has("uri path_regexp ^/api/ /v1/\n"));
  EXPECT_TRUE(seen.has("@odd_target not vars_regexp {http.request.orig_uri}"));
  EXPECT_TRUE(seen.has("@bare1 path_regexp ^/api$\n"));
}

TEST(CaddyProxy, passes_with_variables_are_told) {
  EXPECT_TRUE(in_location("proxy_pass http://$http_x;").loses("with variables"));
  EXPECT_TRUE(in_location("uwsgi_pass 10.0.0.1:9;").loses("`uwsgi_pass`"));
}

TEST(CaddyFields, that_may_be_empty_are_deleted_again) {
  const Translated seen = in_location("proxy_set_header X-A $http_x_b; proxy_pass http://app;");
  EXPECT_TRUE(seen.has("header_up X-A {http.request.header.x-b}\n"));
  EXPECT_TRUE(seen.has("header_up -{unset_x_a}\n"));
  EXPECT_TRUE(seen.has("map {http.request.header.x-b} {unset_x_a} {\n        `` X-A\n"));
}

TEST(CaddyFields, forwarded_ones_are_the_clients) {
  const Translated seen = in_location("proxy_pass http://app;");
  EXPECT_TRUE(seen.has("header_up X-Forwarded-For {http.request.header.X-Forwarded-For}\n"));
  EXPECT_TRUE(seen.has("header_up -{unset_x_forwarded_for}\n"));
}

TEST(CaddyFields, added_ones_follow_the_status) {
  const Translated seen =
      in_location("add_header X-A 1; add_header X-B 2 always; proxy_pass http://app;");
  EXPECT_TRUE(seen.has("header +X-B 2\n"));
  EXPECT_TRUE(seen.has("handle_response @good {\n"));
}

TEST(CaddyScript, conditions_and_variables) {
  const Translated seen = in_location(
      "set $a x; if ($request_method = POST) { return 405; } if ($http_a ~* ^b(.)) { set $a $1; } "
      "proxy_set_header X-A $a; proxy_pass http://app;");
  EXPECT_TRUE(seen.has("vars nginx_a x\n"));
  EXPECT_TRUE(seen.has("@if1 vars {http.request.method} POST\n"));
  EXPECT_TRUE(seen.has("(?i)^b(.)\n"));
  EXPECT_TRUE(seen.has("vars nginx_a {http.regexp.match1.1}\n"));
  EXPECT_TRUE(seen.errors.empty());
}

TEST(CaddyScript, what_cannot_be_said_is_told) {
  EXPECT_TRUE(in_location("rewrite ^/a /b last; proxy_pass http://app;").loses("looked up again"));
  EXPECT_TRUE(in_location("if ($a) { proxy_pass http://app; }").loses("in `if`"));
  EXPECT_TRUE(in_location("return 200 $ssl_cipher;").loses("$ssl_cipher"));
  EXPECT_TRUE(in_location("limit_rate 5k; proxy_pass http://app;").loses("limit_rate"));
}

TEST(CaddyScript, values_of_maps) {
  const Translated seen = translated(
      "map $http_kind $kind { default a; ONE b; ~^t(w)o c; 1 d; }\n"
      "server { location / { return 200 $kind; } }");
  EXPECT_TRUE(
      seen.has("map {http.request.header.kind} {map_kind} {\n        ~(?i)^ONE$ b\n        1 "
               "d\n        ~^t(w)o c\n        default a\n    }\n"));
}

TEST(CaddyScript, texts_that_would_be_placeholders_stay_texts) {
  EXPECT_TRUE(in_location("return 200 'a {b} c';").has("respond `a \\{b\\} c` 200\n"));
}

}  // namespace
}  // namespace poolproof::translate
