// Listeners, hosts and the order of locations.
#include "tests/translate/haproxy/haproxy_fixture.h"

namespace poolproof::translate {
namespace {

using testing::Said;
using testing::to_haproxy;

TEST(HaproxyFrontends, listen_where_nginx_does) {
  const Said said = to_haproxy(R"(
    server { listen 80; listen [::1]:81; listen unix:/run/a.sock; listen 82 proxy_protocol; return 204; }
  )");
  EXPECT_TRUE(said.has("frontend http_80\n    bind 0.0.0.0:80\n"));
  EXPECT_TRUE(said.has("bind [::1]:81 v6only\n"));
  EXPECT_TRUE(said.has("bind unix@/run/a.sock\n"));
  EXPECT_TRUE(said.has("bind 0.0.0.0:82 accept-proxy\n"));
  EXPECT_EQ(said.loss(), "");
}

TEST(HaproxyFrontends, have_certificates_and_tell_of_keys) {
  const Said said = to_haproxy(R"(
    server { listen 443 ssl http2; ssl_certificate /a.crt; ssl_certificate_key /a.key;
             ssl_protocols TLSv1.2 TLSv1.3; return 204; }
    server { listen 443 ssl; ssl_certificate /b.pem; ssl_certificate_key /c.pem; return 204; }
  )");
  EXPECT_TRUE(
      said.has("bind 0.0.0.0:443 ssl crt /a.crt crt /b.pem alpn h2,http/1.1 "
               "ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.3 prefer-client-ciphers\n"));
  EXPECT_EQ(said.loss(),
            "error: haproxy reads the key of /b.pem from /b.pem.key: without /c.pem there it does "
            "not start");
}

TEST(HaproxyFrontends, offer_the_versions_of_tls_that_nginx_offers) {
  const std::string config =
      "server { listen 443 ssl; ssl_certificate /a.pem; ssl_certificate_key /a.pem; return 204; }";
  EXPECT_TRUE(to_haproxy(config).has(" ssl-min-ver TLSv1.0 ssl-max-ver TLSv1.2 "));
  EXPECT_TRUE(to_haproxy(config, {1, 26, 0}).has(" ssl-min-ver TLSv1.0 ssl-max-ver TLSv1.3 "));
  EXPECT_TRUE(to_haproxy(config, {1, 28, 0}).has(" ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.3 "));
}

TEST(HaproxyFrontends, choose_the_server_in_the_order_of_nginx) {
  const Said said = to_haproxy(R"(
    server { listen 80; server_name ~^x *.a.test; return 204; }
    server { listen 80; server_name a.test b.test; return 205; }
  )");
  const auto exact = said.text.find("str(a.test) if { var(txn.host) -m str -- a.test b.test }");
  const auto wild = said.text.find("{ var(txn.host) -m end -- .a.test }");
  const auto regex = said.text.find("{ var(txn.host) -m reg -i -- ^x }");
  const auto last = said.text.find("str(server_1) if !{ var(txn.server) -m found }  #");
  ASSERT_NE(last, std::string::npos) << said.text;
  EXPECT_LT(exact, wild);
  EXPECT_LT(wild, regex);
  EXPECT_LT(regex, last);
}

TEST(HaproxyFrontends, choose_the_location_in_the_order_of_nginx) {
  const Said said = to_haproxy(R"(server { listen 80;
    location / { return 200 a; }  location ~ \.php$ { return 200 b; }
    location ^~ /img/ { return 200 c; }  location = /x { return 200 d; } })");
  const auto exact = said.text.find("{ var(txn.path) -m str -- /x }");
  const auto early = said.text.find("{ var(txn.path) -m beg -- /img/ }");
  const auto regex = said.text.find("{ var(txn.path) -m reg -- '\\.php$' }");
  ASSERT_NE(regex, std::string::npos) << said.text;
  EXPECT_LT(exact, early);
  EXPECT_LT(early, regex);
  EXPECT_TRUE(said.has("default_backend answers\n"));
}

TEST(HaproxyFrontends, split_lists_that_are_too_long_for_a_line) {
  std::string names;
  for (int i = 0; i < 40; ++i) names += " n" + std::to_string(i) + ".test";
  const Said said = to_haproxy("server { listen 80; return 204; } server { listen 80; server_name" +
                               names + "; return 205; }");
  EXPECT_TRUE(said.has("acl host_n0.test var(txn.host) -m str -- n0.test"));
  EXPECT_TRUE(said.has("str(n0.test) if host_n0.test  #"));
}

TEST(HaproxyFrontends, take_ten_thousand_locations) {
  std::string config = "upstream app { server 127.0.0.1:1; } server { listen 80;\n";
  for (int i = 0; i < 10'000; ++i) {
    config += "location /l" + std::to_string(i) + "/ { proxy_pass http://app; }\n";
  }
  EXPECT_TRUE(to_haproxy(config + "}").has("-m beg -- /l9999/ }"));
}

}  // namespace
}  // namespace poolproof::translate
