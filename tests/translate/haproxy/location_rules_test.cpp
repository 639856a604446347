// Headers, paths, redirects, answers, access, conditions.
#include "tests/translate/haproxy/haproxy_fixture.h"

namespace poolproof::translate {
namespace {

using testing::location_to_haproxy;
using testing::Said;
using testing::to_haproxy;

TEST(HaproxyLocation, sends_the_host_that_nginx_sends) {
  EXPECT_TRUE(location_to_haproxy("proxy_pass http://app;").has("set-header Host app\n"));
  EXPECT_TRUE(
      location_to_haproxy("proxy_pass http://127.0.0.1:81;").has("set-header Host 127.0.0.1:81\n"));
  EXPECT_TRUE(location_to_haproxy("proxy_set_header Host $host; proxy_pass http://app;")
                  .has("set-header Host %[var(txn.host)]\n"));
  EXPECT_FALSE(location_to_haproxy("proxy_set_header Host $http_host; proxy_pass http://app;")
                   .has("set-header Host"));
}

TEST(HaproxyLocation, sets_and_drops_fields) {
  const Said said = location_to_haproxy(
      "proxy_set_header X-A \"100% of $remote_addr\"; proxy_set_header X-B \"\"; "
      "proxy_set_header X-C $http_x_d; proxy_pass http://app;");
  EXPECT_TRUE(said.has("http-request set-header X-A '100%% of %[src]'\n"));
  EXPECT_TRUE(said.has("http-request del-header X-B\n"));
  EXPECT_TRUE(
      said.has("http-request set-header X-C %[var(txn.http_x_d)]\n"
               "    http-request del-header X-C if !{ req.fhdr(X-C),length gt 0 }\n"));
  EXPECT_TRUE(said.has("http-request set-var(txn.http_x_d) req.fhdr(x-d,1)\n"));
  EXPECT_TRUE(said.has("http-request del-header upgrade\n"));
}

TEST(HaproxyLocation, lets_upgrades_pass_where_nginx_does) {
  EXPECT_FALSE(
      location_to_haproxy("proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
                          "proxy_set_header Connection upgrade; proxy_pass http://app;")
          .has("del-header upgrade"));
}

TEST(HaproxyLocation, replaces_the_path) {
  const Said said = to_haproxy(R"(upstream app { server 127.0.0.1:1; } server { listen 80;
    location /a/ { proxy_pass http://app/b/; } location = /c { proxy_pass http://app/d; } })");
  EXPECT_TRUE(
      said.has("http-request set-pathq "
               "/b/%[var(txn.escaped_path),bytes(3)]%[var(txn.is_args)]%[query] if "));
  EXPECT_TRUE(said.has("http-request set-pathq /d%[var(txn.is_args)]%[query] if "));
  EXPECT_TRUE(
      said.has("http-response replace-header Location '^http://app/b/(.*)$' "
               "'%[var(txn.origin)]/a/\\1' if "));
  EXPECT_TRUE(
      said.has("http-request redirect location "
               "%[var(txn.origin)]/a/%[var(txn.is_args)]%[query] code 301 if "));
}

TEST(HaproxyLocation, answers_by_itself) {
  EXPECT_TRUE(location_to_haproxy("default_type a/b; return 200 \"it's\\n\";")
                  .has("http-request return status 200 content-type a/b string \"it's\\n\"\n"));
  EXPECT_TRUE(
      location_to_haproxy("return 200 $server_name;")
          .has("http-request return status 200 content-type text/plain lf-string a.test\n"));
  EXPECT_TRUE(location_to_haproxy("return 404;")
                  .has("http-request return status 404 default-errorfiles\n"));
  EXPECT_TRUE(location_to_haproxy("return 444;").has("http-request reject\n"));
  EXPECT_TRUE(location_to_haproxy("return 301 https://$host$request_uri;")
                  .has("http-request redirect location "
                       "https://%[var(txn.host)]%[var(txn.request_uri)] code 301\n"));
  EXPECT_TRUE(location_to_haproxy("return 302 /x;")
                  .has("http-request redirect location %[var(txn.origin)]/x code 302\n"));
}

TEST(HaproxyLocation, has_conditions_and_captures) {
  const Said said = location_to_haproxy(
      "if ($request_method = POST) { return 405; } "
      "if ($http_cookie !~* a=b) { return 302 http://x/; } "
      "if ($args ~ ^n=(.*)$) { return 200 $1; } proxy_pass http://app;");
  EXPECT_TRUE(said.has("return status 405 default-errorfiles if { method -m str -- POST }\n"));
  EXPECT_TRUE(said.has("code 302 if !{ var(txn.http_cookie) -m reg -i -- a=b }\n"));
  EXPECT_TRUE(
      said.has("lf-string '%[query,regsub(\"^n=(.*)$\",\"\\\\1\")]' if "
               "{ query -m reg -- '^n=(.*)$' }\n"));
}

TEST(HaproxyLocation, rewrites) {
  const Said said = location_to_haproxy("rewrite ^/a/(.*)$ /b/$1 break; proxy_pass http://app;");
  EXPECT_TRUE(said.has(
      "http-request set-var(txn.path) 'var(txn.path),regsub(\"^/a/(.*)$\",\"/b/\\\\1\")' if "));
  EXPECT_TRUE(
      said.has("http-request set-pathq "
               "%[var(txn.escaped_path)]%[var(txn.is_args)]%[query] if "));
  EXPECT_TRUE(location_to_haproxy("rewrite ^/a http://b.test/ permanent; return 403;")
                  .has("http-request redirect location "
                       "http://b.test/%[var(txn.is_args)]%[query] code 301 if "));
}

TEST(HaproxyLocation, lets_in_whom_nginx_lets_in) {
  EXPECT_TRUE(location_to_haproxy("allow 10.0.0.0/8; deny all; proxy_pass http://app;")
                  .has("http-request deny deny_status 403 if !{ src 10.0.0.0/8 }\n"));
  EXPECT_TRUE(location_to_haproxy("deny 10.0.0.1; proxy_pass http://app;")
                  .has("http-request deny deny_status 403 if { src 10.0.0.1 }\n"));
  EXPECT_TRUE(location_to_haproxy("limit_except GET { deny all; } proxy_pass http://app;")
                  .has("http-request deny deny_status 403 if !{ method -i GET HEAD }\n"));
}

TEST(HaproxyLocation, limits_bodies_as_nginx_does) {
  EXPECT_TRUE(
      location_to_haproxy("proxy_pass http://app;")
          .has("status 413 default-errorfiles if { req.hdr_val(content-length) gt 1048576 }"));
  EXPECT_FALSE(location_to_haproxy("client_max_body_size 0; proxy_pass http://app;").has("413"));
}

TEST(HaproxyLocation, waits_as_long_as_nginx_does) {
  EXPECT_TRUE(location_to_haproxy("proxy_read_timeout 300; proxy_pass http://app;")
                  .has("http-request set-timeout server 300s\n"));
  EXPECT_TRUE(location_to_haproxy("proxy_connect_timeout 1500ms; proxy_pass http://app;")
                  .has("timeout connect 1500ms\n"));
}

TEST(HaproxyLocation, adds_fields_to_answers) {
  const Said said = location_to_haproxy(
      "add_header X-A b; add_header X-B $status always; proxy_hide_header X-C; "
      "proxy_pass http://app;");
  EXPECT_TRUE(
      said.has("http-after-response add-header X-A b if { status 200 201 204 206 301 302 303 "
               "304 307 308 }\n"));
  EXPECT_TRUE(said.has("http-after-response add-header X-B %[status]\n"));
  EXPECT_TRUE(said.has("http-response del-header X-C\n"));
}

TEST(HaproxyLocation, adds_no_field_that_is_empty) {
  const Said said = location_to_haproxy("add_header X-A $cookie_a always; proxy_pass http://app;");
  EXPECT_TRUE(said.has("http-request set-var(txn.cookie_a) req.cook(a)\n"));
  EXPECT_TRUE(
      said.has("http-after-response set-var-fmt(txn.added) %[var(txn.cookie_a)]\n"
               "    http-after-response add-header X-A %[var(txn.added)] if "
               "{ var(txn.added),length gt 0 }\n"));
}

TEST(HaproxyLocation, knows_fields_that_it_hides) {
  const Said said = location_to_haproxy(
      "add_header X-A $upstream_http_x_b; proxy_hide_header X-B; proxy_pass http://app;");
  const std::size_t note = said.text.find("set-var(txn.upstream_http_x_b) res.fhdr(x-b,1)");
  ASSERT_NE(note, std::string::npos);
  EXPECT_LT(note, said.text.find("http-response del-header X-B"));
}

TEST(HaproxyLocation, sets_nothing_without_a_format) {
  EXPECT_TRUE(location_to_haproxy("set $a \"\"; proxy_set_header X-A $a; proxy_pass http://app;")
                  .has("http-request set-var(txn.set_a) str()\n"));
  EXPECT_TRUE(location_to_haproxy("return 200 \"\";").has("http-request return status 200\n"));
}

TEST(HaproxyLocation, passes_on_what_a_break_keeps_from_the_return) {
  EXPECT_TRUE(location_to_haproxy("if ($http_a) { break; } return 405; proxy_pass http://app;")
                  .has("server s1 127.0.0.1:9001"));
}

TEST(HaproxyLocation, asks_for_the_method_before_anything_is_returned) {
  const Said said =
      location_to_haproxy("return 200 x; limit_except GET { deny all; } proxy_pass http://app;");
  EXPECT_LT(said.text.find("deny deny_status 403"), said.text.find("return status 200"));
}

TEST(HaproxyLocation, is_internal_where_the_one_around_it_is) {
  EXPECT_TRUE(to_haproxy("server { listen 80; location /a/ { internal; location /a/b/ "
                         "{ proxy_pass http://127.0.0.1:1; } } }")
                  .has("str(server_1_/a/b/)"));
  EXPECT_FALSE(to_haproxy("server { listen 80; location /a/ { internal; location /a/b/ "
                          "{ proxy_pass http://127.0.0.1:1; } } }")
                   .has("server s1"));
}

TEST(HaproxyLocation, tells_of_internal_locations_that_a_rewrite_leads_to) {
  EXPECT_NE(to_haproxy("server { listen 80; rewrite ^/a /b; location /b { internal; proxy_pass "
                       "http://127.0.0.1:1; } }")
                .loss()
                .find("error: `internal` behind a `rewrite`"),
            std::string::npos);
}

TEST(HaproxyLocation, makes_whole_addresses_of_paths_only) {
  const Said said = location_to_haproxy("port_in_redirect off; return 302 $http_a;");
  EXPECT_TRUE(
      said.has("http-request redirect location %[var(txn.origin_without_port)]%[var(txn.target)] "
               "code 302 if { var(txn.target) -m beg / }\n"
               "    http-request redirect location %[var(txn.target)] code 302\n"));
}

TEST(HaproxyLocation, tells_of_digits_that_may_be_of_another_expression) {
  const Said said = location_to_haproxy(
      "if ($args ~ a(.)) { set $b $1; } proxy_set_header X-A $1; proxy_pass http://app;");
  EXPECT_NE(said.loss().find("error: `$1` has no equivalent"), std::string::npos);
}

TEST(HaproxyLocation, replaces_no_path_after_a_break_of_the_server) {
  EXPECT_TRUE(to_haproxy("server { listen 80; rewrite ^/a /b break; location / { proxy_pass "
                         "http://127.0.0.1:1/c/; } }")
                  .has("bytes(1)]%[var(txn.is_args)]%[query] if !{ var(txn.rewrite) -m int "));
}

TEST(HaproxyLocation, escapes_what_a_redirect_takes_over) {
  const Said said = location_to_haproxy("rewrite ^/(a)/(.*)$ /b/$1/$2 permanent; return 403;");
  EXPECT_TRUE(said.has("/b/%[var(txn.taken_1)]/%[var(txn.taken_2)]"));
  EXPECT_TRUE(said.has("set-var(txn.taken_2) 'var(txn.path),regsub("));
}

TEST(HaproxyLocation, takes_no_variable_of_one_letter_for_a_capture) {
  const Said said = location_to_haproxy("set $b x; rewrite ^/(a)$ /b/$b permanent; return 403;");
  EXPECT_FALSE(said.has("txn.taken_")) << said.text;
  EXPECT_TRUE(said.has("/b/%[var(txn.set_b)]")) << said.text;
  const Said both = location_to_haproxy("set $b x; rewrite ^/(a)$ /$b/$1 permanent; return 403;");
  EXPECT_FALSE(both.has("txn.taken_b")) << both.text;
  EXPECT_TRUE(both.has("/%[var(txn.set_b)]/%[var(txn.taken_1)]")) << both.text;
}

TEST(HaproxyLocation, reads_maps) {
  const Said said = to_haproxy(R"(
    map $http_a $b { default x; "" none; One 1; ~*^t "t t"; }
    upstream app { server 127.0.0.1:1; }
    server { listen 80; location / { proxy_set_header B $b; proxy_pass http://app; } })");
  const auto fallback = said.text.find("set-var(txn.map_b) 'str(\"x\")'\n");
  const auto regex = said.text.find("if { var(txn.http_a) -m reg -i -- ^t }\n");
  const auto exact = said.text.find("if { var(txn.http_a) -m str -i -- One }\n");
  ASSERT_NE(exact, std::string::npos) << said.text;
  EXPECT_LT(fallback, regex);
  EXPECT_LT(regex, exact);
  EXPECT_TRUE(said.has("set-header B %[var(txn.map_b)]\n"));
}

TEST(HaproxyLocation, speaks_fastcgi) {
  const Said said = location_to_haproxy(
      "fastcgi_param SCRIPT_FILENAME /srv$fastcgi_script_name; fastcgi_param Q $query_string; "
      "fastcgi_keep_conn on; fastcgi_pass app;",
      "keepalive 2;");
  EXPECT_TRUE(said.has("use-fcgi-app fcgi_1\n"));
  EXPECT_TRUE(said.has("server s1 127.0.0.1:9001 proto fcgi  #"));
  EXPECT_TRUE(said.has("fcgi-app fcgi_1\n    docroot /\n    pass-header authorization\n"));
  EXPECT_TRUE(said.has("    set-param SCRIPT_FILENAME /srv%[var(txn.path)]\n"));
  EXPECT_TRUE(said.has("http-reuse always\n"));
}

}  // namespace
}  // namespace poolproof::translate
