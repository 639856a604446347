// What a plan makes of a configuration: sockets, servers, groups, pools, settings, and what it
// refuses.
#include "runtime/plan.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/runtime/plan_fixture.h"

namespace poolproof::runtime {
namespace {

TEST(Plan, MainSettings) {
  PlanFixture f(
      "worker_processes auto; pid run/n.pid; worker_shutdown_timeout 5s; error_log e.log warn;"
      " events { worker_connections 99; }");
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.plan->worker_processes, 3u);
  EXPECT_EQ(f.plan->worker_connections, 99u);
  EXPECT_EQ(f.plan->pid_file, "/p/run/n.pid");
  EXPECT_EQ(f.plan->shutdown_timeout_ms, 5000);
  ASSERT_EQ(f.plan->error_logs.size(), 1u);
  EXPECT_EQ(f.plan->log_files[f.plan->error_logs[0].file].path, "/p/e.log");
  EXPECT_EQ(f.plan->error_logs[0].level, LogLevel::kWarn);
}

TEST(Plan, AWildcardTakesInTheAddressesOfItsPort) {
  PlanFixture f(R"(events {} http {
    server { listen 80; server_name any; }
    server { listen 127.0.0.1:80; server_name home; }
    server { listen 127.0.0.2:80 backlog=9; server_name own; }
    server { listen 127.0.0.1:81; server_name other; } })");
  ASSERT_NE(f.plan, nullptr) << f.messages();
  ASSERT_EQ(f.plan->listens.size(), 3u);
  const ListenSocket& wildcard = f.plan->listens[0];
  EXPECT_EQ(wildcard.text, "0.0.0.0:80");
  EXPECT_EQ(wildcard.servers_of(*parse_ip("127.0.0.1", 80)).default_server->name, "home");
  EXPECT_EQ(wildcard.servers_of(*parse_ip("10.0.0.1", 80)).default_server->name, "any");
  EXPECT_EQ(f.plan->listens[1].backlog, 9);
  EXPECT_EQ(f.plan->listens[2].text, "127.0.0.1:81");
}

TEST(Plan, ListenParameters) {
  PlanFixture f(
      "events {} http { server { listen [::]:80 ipv6only=off so_keepalive=1m::3 rcvbuf=8k"
      " reuseport deferred; listen unix:/s; } }");
  ASSERT_NE(f.plan, nullptr) << f.messages();
  const ListenSocket& socket = f.plan->listens.at(0);
  EXPECT_EQ(socket.text, "[::]:80");
  EXPECT_FALSE(socket.ipv6only);
  EXPECT_EQ(socket.so_keepalive, true);
  EXPECT_EQ(socket.keepalive_idle_s, 60);
  EXPECT_EQ(socket.keepalive_interval_s, 0);
  EXPECT_EQ(socket.keepalive_count, 3);
  EXPECT_EQ(socket.receive_buffer, 8192);
  EXPECT_TRUE(socket.reuseport && socket.deferred);
  EXPECT_EQ(f.plan->listens.at(1).address.path, "/s");
}

TEST(Plan, ANameThatNobodyKnowsIsAnError) {
  PlanFixture f(PlanFixture::server("", "upstream u { server nowhere:81; }"));
  EXPECT_EQ(f.plan, nullptr);
  EXPECT_EQ(f.messages(), "host not found in upstream \"nowhere:81\"\n");
}

TEST(Plan, ANameMakesAPeerOfEveryAddress) {
  PlanFixture f(PlanFixture::server(
      "location / { proxy_pass http://u; } location /l { proxy_pass http://localhost:82/x; }",
      "upstream u { least_conn; server localhost:81 weight=2 max_fails=0 fail_timeout=30;"
      " server 127.0.0.9 backup; server unix:/s down; keepalive 5; keepalive_requests 7;"
      " keepalive_time 2m; keepalive_timeout 3s; }"));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  ASSERT_EQ(f.plan->upstreams.size(), 2u);
  const UpstreamPlan& u = f.plan->upstreams[0];
  EXPECT_EQ(u.method, BalancingMethod::kLeastConn);
  ASSERT_EQ(u.peers.size(), 2u);
  EXPECT_EQ(u.peers[0].text, "127.0.0.1:81");
  EXPECT_EQ(u.peers[0].server, "localhost:81");
  EXPECT_EQ(u.peers[0].weight, 2);
  EXPECT_EQ(u.peers[0].max_fails, 0);
  EXPECT_EQ(u.peers[0].fail_timeout_s, 30);
  EXPECT_EQ(u.peers[1].text, "unix:/s");
  EXPECT_TRUE(u.peers[1].down);
  ASSERT_EQ(u.backups.size(), 1u);
  EXPECT_EQ(u.backups[0].text, "127.0.0.9:80");
  EXPECT_EQ(u.pool.capacity, 5u);
  EXPECT_EQ(u.pool.max_requests, 7u);
  EXPECT_EQ(u.pool.max_age_ms, 120'000);
  EXPECT_EQ(u.pool.idle_timeout_ms, 3'000);
  EXPECT_FALSE(u.pool_is_local);
  const UpstreamPlan& implicit = f.plan->upstreams[1];
  EXPECT_TRUE(implicit.implicit);
  EXPECT_EQ(implicit.pool.capacity, 0u);
  EXPECT_EQ(implicit.peers.at(0).text, "127.0.0.1:82");
}

TEST(Plan, ThePoolOfTheNewEraIsThereWithoutBeingAskedFor) {
  const std::string text = PlanFixture::server("location / { proxy_pass http://u; }",
                                               "upstream u { server 127.0.0.1; }");
  PlanFixture newer(text), older(text, {1, 22, 1});
  EXPECT_EQ(newer.plan->upstreams[0].pool.capacity, 32u);
  EXPECT_TRUE(newer.plan->upstreams[0].pool_is_local);
  EXPECT_EQ(newer.plan->upstreams[0].pool.max_requests, 1000u);
  EXPECT_EQ(older.plan->upstreams[0].pool.capacity, 0u);
}

TEST(Plan, SettingsAreInherited) {
  PlanFixture f(PlanFixture::server(R"(
      client_max_body_size 8m; proxy_read_timeout 5s; error_page 502 /e; keepalive_timeout 10s 9s;
      location /a/ { proxy_pass http://127.0.0.1:1; proxy_next_upstream error http_503 off;
        location /a/b/ { proxy_pass http://127.0.0.1:1; proxy_read_timeout 6s; client_max_body_size 0;
                         proxy_hide_header X-Me; proxy_pass_header Server; } })"));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  f.get("/a/");
  const LocationPlan* outer = f.request.location;
  EXPECT_EQ(outer->client_max_body_size, 8 << 20);
  EXPECT_EQ(outer->keepalive_timeout_ms, 10'000);
  EXPECT_EQ(outer->keepalive_header_s, 9);
  EXPECT_EQ(outer->proxy->read_timeout_ms, 5'000);
  EXPECT_TRUE(outer->proxy->tries_next_on(NextUpstream::kHttp503));
  EXPECT_FALSE(outer->proxy->tries_next_on(NextUpstream::kTimeout));
  EXPECT_TRUE(outer->proxy->hidden_headers.contains("server"));
  f.get("/a/b/");
  const LocationPlan* inner = f.request.location;
  EXPECT_EQ(inner->client_max_body_size, 0);
  EXPECT_EQ(inner->proxy->read_timeout_ms, 6'000);
  EXPECT_TRUE(inner->proxy->tries_next_on(NextUpstream::kHttp503));
  EXPECT_TRUE(inner->proxy->hidden_headers.contains("x-me"));
  EXPECT_FALSE(inner->proxy->hidden_headers.contains("Server"));
  EXPECT_EQ(inner->error_pages.size(), 1u);
}

TEST(Plan, TypesAndIndex) {
  PlanFixture f(PlanFixture::server(
      "types { text/css css CSS2; } index a.html /b; location /d { types { } default_type x/y; }"));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  f.get("/");
  EXPECT_EQ(f.request.location->types->at("css2"), "text/css");
  EXPECT_EQ(f.request.location->index.size(), 2u);
  f.get("/d");
  EXPECT_TRUE(f.request.location->types->empty());
  EXPECT_EQ(f.request.location->default_type, "x/y");
}

class BadConfig : public testing::TestWithParam<std::pair<const char*, const char*>> {};
TEST_P(BadConfig, IsRefusedAsNginxDoes) {
  PlanFixture f(PlanFixture::server(GetParam().first));
  EXPECT_EQ(f.plan, nullptr);
  EXPECT_NE(f.messages().find(GetParam().second), std::string::npos) << f.messages();
}
INSTANTIATE_TEST_SUITE_P(
    Errors, BadConfig,
    testing::Values(std::pair{"return 200 $nope;", "unknown \"nope\" variable"},
                    std::pair{"location ~ ( { }", "regular expression"},
                    std::pair{"if (nothing) { }", "invalid condition"},
                    std::pair{"set novar x;", "invalid variable name \"novar\""},
                    std::pair{"error_page 200 /x;", "must be between 300 and 599"},
                    std::pair{"allow 1.2.3.4/99;", "invalid parameter"},
                    std::pair{"location / { proxy_bind [::1]; proxy_pass http://127.0.0.1; }",
                              "invalid address \"[::1]\""},
                    std::pair{"server_name a.*.b;", "invalid server name or wildcard"},
                    std::pair{"access_log /l nosuch;", "unknown log format \"nosuch\""}));

TEST(Plan, HeaderLinesHaveALimitSince1_29_8) {
  const auto limit = [](std::string_view settings, Version version) {
    PlanFixture f(PlanFixture::server("", settings), version);
    return f.plan != nullptr ? f.plan->servers.front().max_headers : 0;
  };
  EXPECT_EQ(limit("", Version{1, 29, 8}), 1000u);
  EXPECT_EQ(limit("max_headers 5;", kNewestVersion), 5u);
  EXPECT_EQ(limit("", Version{1, 29, 7}), SIZE_MAX);
}

TEST(Plan, CountsOf2To32AreNotZero) {
  PlanFixture f(PlanFixture::server(
      "location / { keepalive_requests 4294967296; proxy_next_upstream_tries 4294967297; "
      "proxy_pass http://u; }",
      "upstream u { server 127.0.0.1; keepalive 4; keepalive_requests 4294967296; }"));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  f.get("/");
  EXPECT_EQ(f.request.location->keepalive_requests, 0xffffffffu);
  EXPECT_EQ(f.request.location->proxy->next_upstream_tries, 0xffffffffu);
  EXPECT_EQ(f.plan->upstreams.front().pool.max_requests, 0xffffffffu);
}

TEST(Plan, NamedGroupsMayBeNamedAboveTheirPattern) {
  PlanFixture f(PlanFixture::server("location ~ ^/u/(?<who>\\w+) { return 200 $both; }",
                                    "map $who $both { default \"<$who>\"; }"));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.get("/u/me").text, "<me>");
}

TEST(Plan, NamedGroupsHaveAnyNumber) {
  std::string many;
  for (int i = 0; i < 40; ++i) many += "(x)";
  PlanFixture f(PlanFixture::server(
      "location ~ ^/(a)(b)(c)(d)(e)(f)(g)(h)(?<nine>i)(?<ten>j+)(k)?(?<none>l)?$ "
      "{ return 200 $9$nine-$ten-$none; }"
      "location ~ ^/" +
      many +
      "(?<last>.*)$ { return 200 $last; }"
      "location ~ ^/m(?<ten>.) { return 200 $ten; }"));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.get("/abcdefghijjj").text, "ii-jjj-");
  EXPECT_EQ(f.get("/abcdefghijl").text, "ii-j-l");
  EXPECT_EQ(f.get("/" + std::string(40, 'x') + "end").text, "end");
  EXPECT_EQ(f.get("/m1").text, "1");
}

TEST(PlanUpstream, WeightsThatAddUpToTooMuchAreRefused) {
  const auto refused = [](std::string_view group) {
    return !PlanFixture(PlanFixture::server("proxy_pass http://g;",
                                            fmt::format("upstream g {{ {} }}", group)))
                .plan;
  };
  EXPECT_TRUE(
      refused("hash $uri consistent; server 127.0.0.1:1 weight=20000; server 127.0.0.1:2;"));
  EXPECT_FALSE(
      refused("hash $uri consistent; server 127.0.0.1:1 weight=19999; server 127.0.0.1:2;"));
  EXPECT_TRUE(refused("server 127.0.0.1:1 weight=99999999; server 127.0.0.1:2 weight=2;"));
  EXPECT_FALSE(refused("server 127.0.0.1:1 weight=99999999; server 127.0.0.1:2;"));
}

}  // namespace
}  // namespace poolproof::runtime
