// A whole small file, and what is lost at its place.
#include "tests/translate/haproxy/haproxy_fixture.h"

namespace poolproof::translate {
namespace {

using testing::location_to_haproxy;
using testing::Said;
using testing::to_haproxy;

constexpr std::string_view kWhole =
    R"cfg(# For HAProxy 2.6 and later, from /etc/nginx/nginx.conf: behaves as nginx 1.22.1 does with it.

global
    nbthread 1
    ssl-load-extra-del-ext

# nginx's own defaults
defaults
    mode http
    timeout client 60s
    timeout http-request 60s
    timeout http-keep-alive 75s
    timeout connect 60s
    timeout server 60s
    timeout tunnel 60s

# listen at /etc/nginx/nginx.conf:4
frontend http_8080
    bind 0.0.0.0:8080

    # what nginx refuses, and what it knows of each request
    http-request return status 400 default-errorfiles if { req.ver 1.1 } !{ req.hdr_cnt(host) eq 1 }
    http-request return status 400 default-errorfiles if { url -m beg * }
    http-request set-uri %[pathq] if !{ url -m beg / }
    http-request del-header [^A-Za-z0-9-] -m reg
    http-request set-var(txn.host) str()
    http-request set-var(txn.host) req.hdr(host),host_only,lower,rtrim(.) if { req.hdr(host) -m found }
    http-request return status 400 default-errorfiles if { path -m sub -i -- %00 }
    http-request set-var(txn.path) path,url_dec
    http-request return status 400 default-errorfiles if !{ var(txn.path) -m beg / }
    http-request set-var(txn.path) 'var(txn.path),regsub("//+","/",g),regsub("/(\\./)+","/",g),regsub("/\\.$","/")' if { var(txn.path) -m sub // /. }
    http-request set-var(txn.path) 'var(txn.path),regsub("/(?!\\.\\./)[^/]+/\\.\\.(/|$)","/"),regsub("/(?!\\.\\./)[^/]+/\\.\\.(/|$)","/"),regsub("/(?!\\.\\./)[^/]+/\\.\\.(/|$)","/"),regsub("/(?!\\.\\./)[^/]+/\\.\\.(/|$)","/"),regsub("/(?!\\.\\./)[^/]+/\\.\\.(/|$)","/"),regsub("/(?!\\.\\./)[^/]+/\\.\\.(/|$)","/"),regsub("/(?!\\.\\./)[^/]+/\\.\\.(/|$)","/"),regsub("/(?!\\.\\./)[^/]+/\\.\\.(/|$)","/")' if { var(txn.path) -m sub /.. }
    http-request return status 400 default-errorfiles if { var(txn.path) -m sub /../ } || { var(txn.path) -m end /.. }
    http-request set-var(txn.host) 'str("a.test")' if !{ var(txn.host),length gt 0 }
    http-request set-var-fmt(txn.origin) http://%[var(txn.host)]:8080

    # a.test: locations of the server at /etc/nginx/nginx.conf:4
    http-request set-var(txn.location) str(a.test_/)  # /etc/nginx/nginx.conf:4

    default_backend app

# upstream at /etc/nginx/nginx.conf:3
backend app
    http-reuse never
    option http-server-close
    retries 0

    # a.test_/
    http-request return status 413 default-errorfiles if { req.hdr_val(content-length) gt 1048576 }
    http-request set-header Host app
    http-request del-header te
    http-request del-header keep-alive
    http-request del-header expect
    http-request del-header upgrade
    http-request disable-l7-retry if { method POST LOCK PATCH }
    http-response del-header server
    http-response del-header x-pad
    http-response del-header x-accel- -m beg
    http-response replace-header Location '^http://app/(.*)$' '%[var(txn.origin)]/\1'

    http-request set-var(txn.passed) bool(1)
    http-response unset-var(txn.passed)
    http-after-response set-status 502 if { var(txn.passed) -m found } { status 503 }

    server s1 127.0.0.1:9001  # /etc/nginx/nginx.conf:3
)cfg";

TEST(HaproxyFile, has_defaults_a_frontend_and_a_backend) {
  const Said said = location_to_haproxy("proxy_pass http://app;");
  EXPECT_EQ(said.text, kWhole);
  EXPECT_EQ(said.loss(), "");
}

TEST(HaproxyFile, names_its_source_and_version) {
  const Said said = location_to_haproxy("proxy_pass http://app;");
  EXPECT_TRUE(
      said.text.starts_with("# For HAProxy 2.6 and later, from /etc/nginx/nginx.conf: "
                            "behaves as nginx 1.22.1 does with it.\n"));
  EXPECT_TRUE(said.has("# upstream at /etc/nginx/nginx.conf:3\nbackend app\n"));
  EXPECT_TRUE(said.has("server s1 127.0.0.1:9001  # /etc/nginx/nginx.conf:3\n"));
}

TEST(HaproxyFile, is_the_same_each_time) {
  const std::string config =
      "server { listen 80; location /a { return 200 a; } location /b { return 403; } }";
  EXPECT_EQ(to_haproxy(config).text, to_haproxy(config).text);
}

TEST(HaproxyFile, tells_nothing_of_what_is_turned_off) {
  EXPECT_EQ(location_to_haproxy("gzip off; access_log off; auth_basic off; proxy_pass http://app;")
                .loss(),
            "");
}

TEST(HaproxyFile, tells_once_of_what_many_locations_inherit) {
  EXPECT_EQ(to_haproxy("client_max_body_size 2m; server { location /a { return 200; } "
                       "location /b { return 201; } location / { return 202; } }")
                .loss(),
            "warning: `client_max_body_size`: haproxy does not measure bodies without "
            "`Content-Length`");
}

struct Lost {
  std::string inside, message;
};

class HaproxyLosses : public ::testing::TestWithParam<Lost> {};

TEST(HaproxyTarget, what_cannot_be_asked_does_not_stand_open) {
  for (const char* asks : {"auth_basic x; ", "auth_request /a; "}) {
    const Said said = location_to_haproxy(std::string(asks) + "proxy_pass http://app;");
    EXPECT_TRUE(said.has("http-request deny deny_status 403")) << asks;
    EXPECT_FALSE(said.has("use_backend")) << asks;
    EXPECT_FALSE(location_to_haproxy("auth_basic off; proxy_pass http://app;").has("deny_status"));
  }
}

TEST_P(HaproxyLosses, are_told_and_written) {
  const Said said = location_to_haproxy(GetParam().inside);
  EXPECT_NE(said.loss().find(GetParam().message), std::string::npos) << said.loss();
  EXPECT_TRUE(said.has("# NOT SAID: /etc/nginx/nginx.conf:4: "));
}

INSTANTIATE_TEST_SUITE_P(
    Each, HaproxyLosses,
    ::testing::Values(
        Lost{"limit_req zone=a; proxy_pass http://app;",
             "error: `limit_req` is not translated to haproxy: requests are not limited"},
        Lost{"auth_basic x; proxy_pass http://app;",
             "error: `auth_basic` is not translated to haproxy: nobody is let in (403)"},
        Lost{"proxy_cache z; proxy_pass http://app;",
             "error: `proxy_cache` is not translated to haproxy: every request goes to a server"},
        Lost{"gzip on; proxy_pass http://app;",
             "warning: `gzip` is not translated to haproxy: answers are not compressed"},
        Lost{"try_files $uri /x; proxy_pass http://app;", "error: `try_files`"},
        Lost{"root /srv;", "error: haproxy serves no files: `/` answers 404"},
        Lost{"proxy_pass http://$host;", "error: `proxy_pass http://$host` with variables"},
        Lost{"memcached_pass app;", "error: haproxy does not speak memcached"},
        Lost{"rewrite ^/a /b last; proxy_pass http://app;",
             "error: `rewrite` without `break` in a location"},
        Lost{"rewrite ^/a(.*) /b?c=$1 break; proxy_pass http://app;",
             "error: a `rewrite` that writes arguments"},
        Lost{"if (-f /x) { return 403; } proxy_pass http://app;", "error: a test for files"},
        Lost{"if ($args) { proxy_pass http://app; } return 200;", "error: `proxy_pass` in `if`"},
        Lost{"proxy_set_header X $msec; proxy_pass http://app;",
             "error: `$msec` has no equivalent in haproxy"},
        Lost{"proxy_redirect ~^http://x http://y; proxy_pass http://app;",
             "error: `proxy_redirect` with variables or an expression"},
        Lost{"proxy_set_header Host a; proxy_set_header Host b; proxy_pass http://app;",
             "error: haproxy sends one `Host` only"}));

}  // namespace
}  // namespace poolproof::translate
