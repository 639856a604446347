// Upstreams: balance, reuse, weights, failures, TLS.
#include "tests/translate/haproxy/haproxy_fixture.h"

namespace poolproof::translate {
namespace {

using testing::location_to_haproxy;
using testing::Said;

const std::string kKept = "proxy_http_version 1.1; proxy_set_header Connection \"\"; ";
const std::string kPass = "proxy_pass http://app;";

TEST(HaproxyServers, keep_connections_where_nginx_does) {
  const Said said = location_to_haproxy(kKept + kPass, "keepalive 7; keepalive_requests 50;");
  EXPECT_TRUE(said.has("http-reuse always\n"));
  EXPECT_TRUE(said.has("default-server pool-max-conn 7 pool-purge-delay 60s\n"));
  EXPECT_TRUE(said.tells(Severity::kWarning, "`keepalive_requests` of an upstream"));
}

TEST(HaproxyServers, close_connections_where_nginx_does) {
  for (const std::string& inside :
       {std::string(), std::string("proxy_http_version 1.1; "),
        std::string("proxy_http_version 1.1; proxy_set_header Connection close; ")}) {
    const Said said = location_to_haproxy(inside + kPass, "keepalive 7;");
    EXPECT_TRUE(said.has("http-reuse never\n    option http-server-close\n")) << inside;
    EXPECT_FALSE(said.has("pool-max-conn"));
  }
  EXPECT_TRUE(location_to_haproxy(kKept + kPass).has("http-reuse never\n"));
  EXPECT_TRUE(location_to_haproxy(kKept + kPass, "keepalive 0;").has("http-reuse never\n"));
}

TEST(HaproxyServers, need_a_place_in_the_pool_each) {
  const std::string three = "server 127.0.0.1:1; server 127.0.0.1:2; ";
  EXPECT_TRUE(location_to_haproxy(kKept + kPass, three + "keepalive 2;").has("http-reuse never\n"));
  EXPECT_TRUE(
      location_to_haproxy(kKept + kPass, three + "keepalive 3;").has("http-reuse always\n"));
}

TEST(HaproxyServers, are_pooled_by_default_since_1_29_7) {
  EXPECT_TRUE(location_to_haproxy(kPass, "", kNewestVersion).has("http-reuse always\n"));
}

TEST(HaproxyServers, have_weights_and_states) {
  const Said said = location_to_haproxy(
      kPass,
      "server 127.0.0.1:1 weight=3 max_fails=2 fail_timeout=5s; server 127.0.0.1:2 down; "
      "server unix:/run/x.sock backup max_fails=0;");
  EXPECT_TRUE(said.has("option allbackups\n    balance roundrobin\n"));
  EXPECT_TRUE(
      said.has("server s2 127.0.0.1:1 weight 3 check inter 5s rise 1 fall 1 observe layer4 "
               "error-limit 2 on-error mark-down  #"));
  EXPECT_TRUE(said.has("server s3 127.0.0.1:2 disabled  #"));
  EXPECT_TRUE(said.has("server s4 unix@/run/x.sock backup  #"));
}

TEST(HaproxyServers, take_no_weight_above_256) {
  const Said said = location_to_haproxy(kPass, "server 127.0.0.1:1 weight=512;");
  EXPECT_TRUE(said.has("server s2 127.0.0.1:1 weight 256 "));
  EXPECT_NE(said.loss().find("warning: haproxy's weights end at 256: 512 becomes 256"),
            std::string::npos);
}

TEST(HaproxyServers, are_tried_as_often_as_in_nginx) {
  EXPECT_TRUE(location_to_haproxy(kPass).has("retries 0\n"));
  const Said said = location_to_haproxy("proxy_next_upstream error http_502 http_503; " + kPass,
                                        "server 127.0.0.1:1; server 127.0.0.1:2;");
  EXPECT_TRUE(
      said.has("retries 2\n    option redispatch 1\n"
               "    retry-on conn-failure empty-response 502 503\n"));
  EXPECT_TRUE(said.has("http-request disable-l7-retry if { method POST LOCK PATCH }\n"));
  EXPECT_TRUE(location_to_haproxy("proxy_next_upstream off; " + kPass, "server 127.0.0.1:1;")
                  .has("retries 0\n"));
}

TEST(HaproxyServers, are_chosen_by_method) {
  const auto chosen = [](const std::string& method) {
    return location_to_haproxy(kPass, "server 127.0.0.1:1; " + method);
  };
  EXPECT_TRUE(chosen("least_conn;").has("balance leastconn\n"));
  EXPECT_TRUE(chosen("random two;").has("balance random(2)\n"));
  EXPECT_TRUE(chosen("ip_hash;").has("balance source\n"));
  const Said hash = chosen("hash $request_uri consistent;");
  EXPECT_TRUE(hash.has("balance hash var(txn.request_uri)\n    hash-type consistent\n"));
  EXPECT_TRUE(hash.has("http-request set-var(txn.request_uri) pathq\n"));
  EXPECT_NE(hash.loss().find("warning: `hash`: haproxy hashes otherwise"), std::string::npos);
}

TEST(HaproxyServers, speak_tls_as_nginx_does) {
  EXPECT_TRUE(location_to_haproxy("proxy_pass https://app;").has(" ssl verify none  #"));
  EXPECT_TRUE(location_to_haproxy("proxy_ssl_verify on; proxy_ssl_trusted_certificate /ca.pem; "
                                  "proxy_ssl_server_name on; proxy_ssl_name b.test; "
                                  "proxy_pass https://app;")
                  .has(" ssl verify required ca-file /ca.pem verifyhost b.test sni "
                       "'str(\"b.test\")'  #"));
}

TEST(HaproxyServers, with_names_have_one_address) {
  const Said said = location_to_haproxy("proxy_pass http://backend.test:81;");
  EXPECT_TRUE(said.has("server s1 backend.test:81 init-addr last,libc,none  #"));
  EXPECT_NE(said.loss().find("warning: haproxy takes one address of backend.test:81"),
            std::string::npos);
}

}  // namespace
}  // namespace poolproof::translate
