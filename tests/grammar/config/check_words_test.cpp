// Values that directives read in a way of their own, and settings that contradict each other: what
// is refused, and what is near it and taken. nginx's own verdict on these and hundreds of others is
// asked in tests/differential.
#include <gtest/gtest.h>

#include "tests/grammar/config/config_fixture.h"

namespace poolproof {
namespace {

using testing::merged;

struct Statement {
  const char* server;  // statements of a server
  bool refused;
};

class Statements : public ::testing::TestWithParam<Statement> {};

TEST_P(Statements, AreJudged) {
  const auto loaded =
      merged(std::string("events {}\nhttp {\nserver {\n") + GetParam().server + "\n}\n}\n");
  std::string errors;
  for (const auto* found : {&loaded.bound->diagnostics(), &loaded.config->diagnostics()}) {
    for (const Diagnostic& each : *found) {
      if (each.severity == Severity::kError) errors += each.message + "\n";
    }
  }
  EXPECT_EQ(!errors.empty(), GetParam().refused) << GetParam().server << "\n" << errors;
}

constexpr Statement kStatements[] = {
    {"try_files $uri =404;", false},
    {"try_files $uri =4x4;", true},
    {"location / { root /a; alias /b; }", true},
    {"root $document_root;", true},
    {"location @a { alias /b; }", true},
    {"error_page 404 =200 /x;", false},
    {"error_page 499 /x;", true},
    {"error_page 404 =x /y;", true},
    {"location / { limit_except get { deny all; } }", false},
    {"location / { limit_except FOO { deny all; } }", true},
    {"allow 10.0.0.0/8;", false},
    {"allow 10.0.0.0/33;", true},
    {"deny fe80::/10;", false},
    {"deny nobody;", true},
    {"server_name *.example.com www.example.* .example.org;", false},
    {"server_name *example.com;", true},
    {"add_header A b always;", false},
    {"add_header A b never;", true},
    {"expires @15h30m;", false},
    {"expires @25h;", true},
    {"expires modified +1h;", false},
    {"expires epoch max;", true},
    {"rewrite ^ /a last;", false},
    {"rewrite ^ \"\";", true},
    {"limit_rate 10k;", false},
    {"set $r 10k; limit_rate $r;", false},
    {"limit_rate fast;", true},
    {"return 200 \"${1}\";", true},
    {"return 200 $1;", false},
    {"return 200 $0;", true},
    {"set $host a;", true},
    {"set $args a;", false},
    {"if ($nobody_sets_this = b) { return 200; }", true},
    {"if (${http_a} = b) { return 200; }", true},
    {"error_log stderr warn;", false},
    {"error_log stderr loud;", true},
    {"access_log off combined;", true},
    {"access_log a.log combined buffer=32k flush=1m;", false},
    {"access_log a.log combined flush=1m;", true},
    {"access_log syslog:server=127.0.0.1,facility=local7,tag=a;", false},
    {"access_log syslog:server=127.0.0.1,facility=mars;", true},
    {"proxy_redirect off;", false},
    {"proxy_redirect a;", true},
    {"proxy_redirect off; proxy_redirect /a /b;", true},
    {"location / { proxy_redirect default; proxy_pass http://127.0.0.1; }", true},
    {"location / { proxy_pass http://127.0.0.1; proxy_redirect default; }", false},
    {"proxy_bind 127.0.0.1 transparent;", false},
    {"proxy_bind here;", true},
    {"proxy_bind [::1];", true},
    {"proxy_bind [::1]:80;", false},
    {"proxy_bind [127.0.0.1]:80;", false},
    {"proxy_cache_valid 200 302 10m;", false},
    {"proxy_cache_valid 99 10m;", true},
    {"proxy_buffer_size 64k;", true},
    {"proxy_buffer_size 16k; proxy_buffers 8 16k;", false},
    {"proxy_buffers 1 4k;", true},
    {"fastcgi_busy_buffers_size 1k;", true},
    {"proxy_max_temp_file_size 0;", false},
    {"listen unix:;", true},
    {"listen 8080-8070;", true},
    {"listen 8070-8080;", false},
    {"listen 443 ssl;", true},
    {"listen 443 ssl; ssl_certificate a.pem; ssl_certificate_key a.key;", false},
    {"listen 443 ssl; ssl_certificate a.pem;", true},
    {"listen 443 ssl; ssl_reject_handshake on;", false},
    {"ssl_session_cache shared:a:10m;", false},
    {"ssl_session_cache shared:a:1k;", true},
    {"location / { memcached_pass 127.0.0.1:11211; }", true},
    {"set $memcached_key $uri; location / { memcached_pass 127.0.0.1:11211; }", false},
    {"gzip_disable msie6 \"MSIE [1-6]\";", false},
    {"gzip_disable \"(\";", true},
    {"open_file_cache max=10 inactive=10s;", false},
    {"open_file_cache inactive=10s;", true},
    {"resolver 127.0.0.1:53 valid=10s;", false},
    {"resolver valid=10s;", true},
};

INSTANTIATE_TEST_SUITE_P(All, Statements, ::testing::ValuesIn(kStatements));

struct Block {
  const char* http;
  bool refused;
};

class Blocks : public ::testing::TestWithParam<Block> {};

TEST_P(Blocks, AreJudged) {
  const auto loaded = testing::merged_http(std::string(GetParam().http) + " server {}");
  std::string errors;
  for (const auto* found : {&loaded.bound->diagnostics(), &loaded.config->diagnostics()}) {
    for (const Diagnostic& each : *found) {
      if (each.severity == Severity::kError) errors += each.message + "\n";
    }
  }
  EXPECT_EQ(!errors.empty(), GetParam().refused) << GetParam().http << "\n" << errors;
}

constexpr Block kBlocks[] = {
    {"map $host $m { a b; ~a c; *.a d; hostnames; }", false},
    {"map $host $m { a b; A c; }", true},
    {"map $host $m { a; }", true},
    {"map $host $m { a { } }", true},
    {"map $host $m { default $nobody_sets_this; }", true},
    {"map $host $host { a b; }", true},
    {"geo $g { ranges; default a; 10.0.0.1-10.0.0.9 b; }", false},
    {"geo $g { default a; ranges; }", true},
    {"geo $g { volatile; 10.0.0.0/8 b; ::1 c; proxy 127.0.0.1; }", false},
    {"geo $g { foo b; }", true},
    {"geo g { }", true},
    {"split_clients $host $s { 0.5% a; 99.5% b; }", false},
    {"split_clients $host $s { 50% a; * b; }", false},
    {"split_clients $host $s { 50.123% a; * b; }", true},
    {"split_clients $host $s { 60% a; 50% b; }", true},
    {"types { text/html html { } }", true},
    {"upstream a { server 127.0.0.1; hash $uri consistent; zone z 64k; }", false},
    {"upstream a { server 127.0.0.1; hash $uri foo; }", true},
    {"upstream a { server $host; }", true},
    {"set_real_ip_from 1.2.3.4/40;", true},
    {"set_real_ip_from ::1/200;", true},
    {"set_real_ip_from 10.0.0.0/8;", false},
    {"set_real_ip_from balancer;", false},
    {"upstream a { server $host:80; }", true},
    {"upstream a { server unix:/run/$x.sock; }", false},
    {"upstream a { server 127.0.0.1; random three; }", true},
    {"upstream a { server 127.0.0.1; zone z; }", true},
    {"upstream a { zone z 64k; server 127.0.0.1; } upstream b { zone z; server 127.0.0.1; }",
     false},
    {"upstream a { server \"\"; }", true},
    {"resolver 127.0.0.1; upstream a { zone z 64k; server a.test resolve; }", false},
    {"resolver 127.0.0.1; upstream a { server a.test resolve; }", true},
    {"upstream a { zone z 64k; server a.test resolve; }", true},
    {"limit_req_zone $host zone=a:1m rate=1r/s;", false},
    {"limit_req_zone $host zone=a:1m rate=1r/h;", true},
    {"limit_conn_zone $host zone=a:1k;", true},
    {"proxy_cache_path /c levels=1:2 keys_zone=a:1m inactive=1h max_size=1g;", false},
    {"proxy_cache_path /c levels=1:2;", true},
    {"proxy_cache_path /c keys_zone=a:1m foo=x;", true},
    {"log_format f escape=json a;", false},
    {"log_format f escape=foo a;", true},
};

INSTANTIATE_TEST_SUITE_P(All, Blocks, ::testing::ValuesIn(kBlocks));

}  // namespace
}  // namespace poolproof
