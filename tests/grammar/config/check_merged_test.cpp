// What nginx refuses once all is read. The same cases, and many more, are given to nginx itself in
// tests/differential/accept_reject.py.
#include <gtest/gtest.h>

#include "tests/grammar/config/config_fixture.h"

namespace poolproof {
namespace {

using testing::merged;
using testing::merged_http;

struct Case {
  std::string http;
  std::string rules;  // of all findings, in order, with a blank between
};

std::string rules_of(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& each : diagnostics) text += (text.empty() ? "" : " ") + each.rule;
  return text;
}

class CheckMerged : public ::testing::TestWithParam<Case> {};

TEST_P(CheckMerged, FindsExactlyThis) {
  const auto loaded = merged_http(GetParam().http, {1, 22, 1});
  EXPECT_EQ(rules_of(loaded.config->diagnostics()), GetParam().rules) << GetParam().http;
}

INSTANTIATE_TEST_SUITE_P(
    Locations, CheckMerged,
    ::testing::Values(
        Case{"server { location / { } location = / { } location /a { location /ab { } } }", ""},
        Case{"server { location / { } location / { } }", "duplicate-location"},
        Case{"server { location = /a { } location = /a { } }", "duplicate-location"},
        Case{"server { location ^~ /a { } location /a { } }", "duplicate-location"},
        Case{"server { location ~ a { } location ~ a { } }", ""},
        Case{"server { location /a { location /b { } } }", "misplaced-location"},
        Case{"server { location = /a { location /a/b { } } }", "misplaced-location"},
        Case{"server { location /a { location @b { } } }", "misplaced-location"},
        Case{"server { location /a { location ~ b { } } }", ""},
        Case{"server { location != / { } }", "invalid-value"},
        Case{"server { location ~ \\.(gif { } }", "invalid-regex"},
        Case{"server { location ~ x { proxy_pass http://127.0.0.1:9/y; } }",
             "pass-uri-not-allowed"},
        Case{"server { location @x { proxy_pass http://127.0.0.1:9/; } }", "pass-uri-not-allowed"},
        Case{"server { location ~ x { proxy_pass http://127.0.0.1:9$uri; } }", ""},
        Case{"server { location / { proxy_pass http://127.0.0.1:9/; limit_except GET { deny all; } "
             "} }",
             ""}));

INSTANTIATE_TEST_SUITE_P(
    Upstreams, CheckMerged,
    ::testing::Values(
        Case{"upstream u { server a:1 weight=5 max_fails=0 fail_timeout=1m down; }", ""},
        Case{"upstream u { }", "upstream-without-servers"},
        Case{"upstream u { server a backup; }", "upstream-without-servers"},
        Case{"upstream u { balancer_by_lua_block { x() } }", ""},
        Case{"upstream u { server a weight=0; }", "invalid-value"},
        Case{"upstream u { server http://a:1; }", "invalid-value"},
        Case{"upstream u { server a what; }", "invalid-value"},
        Case{"upstream u { server a; keepalive x; }", "invalid-value"},
        Case{"upstream u { ip_hash; server a; server b backup; }", "backup-not-supported"},
        Case{"upstream u { server a; server b backup; ip_hash; }", ""},
        Case{"upstream u { least_conn; server a; server b backup; }", ""}));

INSTANTIATE_TEST_SUITE_P(
    Listens, CheckMerged,
    ::testing::Values(
        Case{"server { listen 80; listen [::]:80 ipv6only=on; listen 81-82; }", ""},
        Case{"server { listen 80; listen *:80; }", "duplicate-listen"},
        Case{"server { listen 443 quic reuseport; listen 443 reuseport; }", ""},
        Case{"server { listen 443 quic; listen 443 quic; }", "duplicate-listen"},
        Case{"server { listen 80 default_server; } server { listen 80 default_server; }",
             "duplicate-default-server"},
        Case{"server { listen 80 reuseport; } server { listen 80 backlog=5; }",
             "duplicate-listen-options"},
        Case{"server { listen 80; } server { listen 80; }", ""},
        Case{"server { listen 70000; }", "invalid-value"},
        Case{"server { listen 80 what; }", "invalid-value"},
        Case{"server { listen 80 so_keepalive=30m::10; }", ""},
        Case{"server { listen 80 so_keepalive=x; }", "invalid-value"},
        Case{"server { server_name ~^(a; }", "invalid-regex"},
        Case{"server { server_name ~; }", "invalid-regex"}));

INSTANTIATE_TEST_SUITE_P(
    Rewrites, CheckMerged,
    ::testing::Values(
        Case{"server { if ($host ~* \"a|b\") { return 403; } if (!-f $uri) { rewrite a b last; } }",
             ""},
        Case{"server { if $host { } }", "invalid-condition"},
        Case{"server { if ($host == a) { } }", "invalid-condition"},
        Case{"server { if (-z $host) { } }", "invalid-condition"},
        Case{"server { if () { } }", "invalid-condition"},
        Case{"server { if ($host ~ \"(a\") { } }", "invalid-regex"},
        Case{"server { rewrite a b nope; }", "invalid-value"},
        Case{"server { rewrite (a b; }", "invalid-regex"},
        Case{"server { return 1000; }", "invalid-value"},
        Case{"server { return abc; }", "invalid-value"},
        Case{"server { return https://example.com/; }", ""}));

INSTANTIATE_TEST_SUITE_P(
    Names, CheckMerged,
    ::testing::Values(
        Case{"server { return 200 $nope; }", "unknown-variable"},
        Case{"server { return 200 ${host; }", "unknown-variable"},
        Case{"server { return 200 $a$1$http_x$Host; set $a 1; }", ""},
        Case{"server { rewrite ^/(?<w>a)$ /$w; }", ""},
        Case{"server { set_by_lua $sum 'return 1'; return 200 $sum; }", ""},
        Case{"map $host $m { ~^(?<part>a)b $part; } server { return 200 $m$part; }", ""},
        Case{"map $host $m { default a; default b; }", "duplicate-map-entry"},
        Case{"map $host m { }", "invalid-value"}, Case{"access_log /x nope;", "unknown-log-format"},
        Case{"access_log /x f; log_format f a;", "unknown-log-format"},
        Case{"log_format f a; access_log /x f; access_log /y combined; access_log off;", ""},
        Case{"log_format f a; log_format f b;", "duplicate-log-format"},
        Case{"limit_req zone=z;", "unknown-zone"},
        Case{"limit_req zone=z; limit_req_zone $host zone=z:1m rate=1r/s;", ""},
        Case{"proxy_cache c;", "unknown-zone"},
        Case{"proxy_cache c; proxy_cache_path /x keys_zone=c:1m;", ""}));

const std::string kLong(47, 'a');

INSTANTIATE_TEST_SUITE_P(
    Tables, CheckMerged,
    ::testing::Values(
        Case{"map $host $m { " + kLong + " b; }", "conflicting-settings"},
        Case{"map_hash_bucket_size 128; map $host $m { " + kLong + " b; }", ""},
        Case{"map $host $m { hostnames; *.a.b 1; .a.b 2; }", "duplicate-map-entry"},
        Case{"map $host $m { a b; } map_hash_max_size 1;", "duplicate-directive"},
        Case{"server { server_name " + kLong + "; } server { server_name b; }",
             "conflicting-settings"},
        Case{"server { server_name " + kLong + "; }", ""},
        Case{"server { gzip_types " + kLong + "; }", "invalid-value"},
        Case{"server { server_name a..b; } server { server_name b; }", "invalid-value"},
        Case{"server { valid_referers none; }", "conflicting-settings"},
        Case{"server { valid_referers server_names a; server_name a; }", "invalid-value"},
        Case{"charset a; source_charset b; server { }", "conflicting-settings"},
        Case{"charset_map b a { 80 80; } charset a; source_charset b; server { }", ""},
        Case{"geo $x { ranges; 1.0.0.3-1.0.0.4 a; 1.0.0.0-1.0.0.5 b; }", "invalid-value"},
        Case{"geo $x { ranges; 1.0.0.0-1.0.0.5 a; 1.0.0.3-1.0.0.4 b; }", ""}));

INSTANTIATE_TEST_SUITE_P(
    SharedNames, CheckMerged,
    ::testing::Values(
        Case{"limit_req_zone $host zone=a:1m rate=1r/s; limit_conn_zone $host zone=a:1m;",
             "conflicting-settings"},
        Case{"ssl_session_cache shared:a:1m; server { ssl_session_cache shared:a:2m; }",
             "conflicting-settings"},
        Case{"ssl_session_cache shared:a:1m; server { ssl_session_cache shared:a:1m; }", ""},
        Case{"proxy_cache_path /x keys_zone=a:1m; proxy_cache_path /x keys_zone=b:1m;",
             "conflicting-settings"},
        Case{"server { aio threads=p; }", "conflicting-settings"},
        Case{"server { listen 1000-1002; listen 1001; }", "duplicate-listen"},
        Case{"server { proxy_store on; proxy_cache $host; }", "conflicting-settings"}));

INSTANTIATE_TEST_SUITE_P(
    Texts, CheckMerged,
    ::testing::Values(Case{"server { auth_basic $nope; }", "unknown-variable"},
                      Case{"server { error_page 404 /$nope; }", "unknown-variable"},
                      Case{"server { charset $host$uri; }", "unknown-variable"},
                      Case{"server { aio threads=$nope; }", "unknown-variable"},
                      Case{"server { mirror $nope; post_action $nope; }", ""},
                      Case{"server { proxy_cookie_domain ~$nope x; }", ""},
                      Case{"server { proxy_cookie_domain ~(?<d>.) $d; }", ""},
                      Case{"server { location \"/(?<n>.)\" { return 200 $n; } }",
                           "unknown-variable"},
                      Case{"proxy_set_header A $nope; server { proxy_set_header B c; }", ""},
                      Case{"proxy_set_header A $nope; server { }", "unknown-variable"},
                      Case{"server { auth_request_set a $host; }", "invalid-value"}));

/// "error invalid-value MESSAGE" of all that the merge finds.
std::string found_for(const std::string& text, const char* versions) {
  LoadOptions options;
  options.versions = *parse_version_range(versions);
  options.versions_named = true;
  const auto loaded = testing::load({{"/etc/nginx/nginx.conf", text}}, options);
  const auto config = merge(*loaded.bound, options.versions.last);
  std::string out;
  for (const auto* list : {&loaded.bound->diagnostics(), &config->diagnostics()}) {
    for (const Diagnostic& one : *list) {
      out += std::string(to_string(one.severity)) + " " + one.rule + " " + one.message;
    }
  }
  return out;
}

TEST(CheckMerged, WhatCameLateToAServerNamesItsVersion) {
  const auto server = [](const std::string& parameter, const std::string& more = "") {
    return "events {} http { upstream a { server 10.0.0.1:80 " + parameter + "; } " + more + " }";
  };
  EXPECT_EQ(found_for(server("resolve"), "1.24.0"),
            "error invalid-value `resolve` is known from 1.27.3 on (before that in NGINX Plus "
            "alone), but this is for 1.24.0");
  EXPECT_EQ(found_for(server("route=a"), "1.22.1"),
            "error invalid-value `route=a` is known from 1.29.6 on (before that in NGINX Plus "
            "alone), but this is for 1.22.1");
  EXPECT_EQ(found_for(server("route=a"), "1.29.6"), "");
  EXPECT_EQ(found_for(server("rout=a"), "1.29.6"),
            "error invalid-value `rout=a` is no parameter that a server of an upstream takes");
  const std::string plus = "server { location / { api; } }";
  EXPECT_EQ(found_for(server("route=a; sticky cookie s", plus), "1.22.1"), "");
  EXPECT_EQ(found_for(server("weight=1; sticky cookie s"), "1.22.1"),
            "error unknown-directive `sticky` is known from 1.29.6 on (before that in NGINX Plus "
            "alone), but this is for 1.22.1");
}

TEST(CheckMerged, AVariableMayBeOfAModuleThatIsNotKnown) {
  const std::string use = "events {} http { server { return 200 $foo; } }";
  EXPECT_EQ(found_for(use, "1.22.1").substr(0, 22), "error unknown-variable");
  const std::string info = found_for("load_module x.so; " + use, "1.22.1");
  EXPECT_EQ(info.substr(0, 21), "info unknown-variable");
  EXPECT_NE(info.find("`x.so`"), std::string::npos) << info;
  EXPECT_EQ(found_for("events {} http { server { location / { array_split , $arg_a to=$foo; "
                      "return 200 $foo; } } }",
                      "1.22.1"),
            "");
}

TEST(CheckMerged, DirectivesOfCommonModulesAreKnown) {
  EXPECT_EQ(found_for("events {} http { vhost_traffic_status_zone; ldap_server a { url x; } "
                      "passenger_root /x; zstd on; check_shm_size 1m; log_format a "
                      "'$brotli_ratio $zstd_ratio $vts_request_time'; upstream u { server "
                      "10.0.0.1; check interval=3000 type=http; } server { location / { "
                      "redis2_query get $arg_k; redis2_pass u; } location /b { ajp_pass u; } "
                      "location /c { rds_json on; xss_get on; iconv_filter from=a to=b; "
                      "set_form_input $a; encrypted_session_key x; check_status; } } }",
                      "1.22.1"),
            "");
}

TEST(CheckMerged, ModulesAreLoadedFirst) {
  EXPECT_EQ(rules_of(merged("events { } load_module x;").config->diagnostics()),
            "misplaced-directive");
  EXPECT_EQ(rules_of(merged("load_module x; events { }").config->diagnostics()), "");
}

TEST(CheckMerged, EventsMustBeThere) {
  EXPECT_EQ(rules_of(merged("http { }").config->diagnostics()), "missing-events");
  EXPECT_EQ(rules_of(merged("events { } http { }").config->diagnostics()), "");
}

TEST(CheckMerged, AFragmentMayUseWhatStandsElsewhere) {
  const auto loaded =
      merged("server { access_log /x main; return 200 $nope; location / { fastcgi_pass php; } }");
  EXPECT_EQ(rules_of(loaded.config->diagnostics()), "");
}

TEST(CheckMerged, RepeatsPointToTheFirst) {
  const auto loaded = merged_http("server { location / { }\nlocation / { } }");
  ASSERT_EQ(loaded.config->diagnostics().size(), 1u);
  ASSERT_EQ(loaded.config->diagnostics()[0].notes.size(), 1u);
  EXPECT_LT(loaded.config->diagnostics()[0].notes[0].span.begin,
            loaded.config->diagnostics()[0].span.begin);
}

}  // namespace
}  // namespace poolproof
