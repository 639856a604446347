// Servers, locations, upstreams and passes as nginx merges them.
#include "grammar/config/merger.h"

#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/grammar/config/config_fixture.h"

namespace poolproof {
namespace {

using testing::count_rule;
using testing::location;
using testing::merged_http;

constexpr Version kOld{1, 22, 1};

std::string header_names(const Location& at) {
  std::string names;
  for (const HeaderField& field : at.set_headers.value) names += std::string(field.name) + " ";
  return names;
}

TEST(Merge, AnInnerListReplacesTheOuterOneAsAWhole) {
  const auto loaded = merged_http(R"(
    proxy_set_header A 1; proxy_http_version 1.1;
    server {
      location /in { proxy_pass http://127.0.0.1; }
      location /own { proxy_set_header B 2; proxy_set_header C 3; location /own/x { } }
    })",
                                  kOld);
  EXPECT_EQ(header_names(location(loaded, "/in")), "A ");
  EXPECT_EQ(location(loaded, "/in").set_headers.origin.kind, OriginKind::kInherited);
  EXPECT_EQ(header_names(location(loaded, "/own")), "B C ");
  EXPECT_EQ(location(loaded, "/own").set_headers.origin.kind, OriginKind::kExplicit);
  EXPECT_EQ(header_names(location(loaded, "/own/x")), "B C ");
  EXPECT_EQ(location(loaded, "/own/x").http_version.value, HttpVersion::k11);
}

TEST(Merge, DefaultsDependOnTheVersion) {
  const char* text = "upstream u { server a; } server { location / { proxy_pass http://u; } }";
  const auto old = merged_http(text, kOld);
  EXPECT_EQ(location(old, "/").http_version.value, HttpVersion::k10);
  EXPECT_FALSE(old.config->find_upstream("u")->has_pool());
  EXPECT_EQ(old.config->find_upstream("u")->keepalive_requests.value, 1000u);
  const auto ancient = merged_http(text, {1, 18, 0});
  EXPECT_EQ(ancient.config->find_upstream("u")->keepalive_requests.value, 100u);
  const auto fresh = merged_http(text, kPoolByDefault);
  EXPECT_EQ(location(fresh, "/").http_version.value, HttpVersion::k11);
  EXPECT_TRUE(fresh.config->find_upstream("u")->has_pool());
  EXPECT_TRUE(fresh.config->find_upstream("u")->keepalive.value.local);
}

/// All that a version decides: what is merged and what is told.
std::string told_and_merged(const EffectiveConfig& config) {
  std::string out = fmt::format("{}\n", to_string(config.version()));
  for (const Diagnostic& each : config.diagnostics()) {
    out += fmt::format("{} {} {}\n", each.span.begin, each.rule, each.message);
  }
  for (const Location& each : config.locations()) {
    out += fmt::format("{} {}\n", static_cast<int>(each.http_version.value),
                       static_cast<int>(each.http_version.origin.kind));
  }
  for (const Upstream& each : config.upstreams()) {
    out += fmt::format("{} {} {} {} {} {}\n", each.name, each.keepalive.value.connections,
                       each.keepalive.value.local, each.keepalive_requests.value, each.has_pool(),
                       static_cast<int>(each.keepalive.origin.kind));
  }
  return out;
}

TEST(Merge, ChangingTheVersionIsMergingForIt) {
  const std::string text = R"(events {} http {
    upstream u { server a; keepalive 8 x; ip_hash; }
    upstream u { server b; keepalive 8; keepalive_requests 7; least_conn; keepalive_time x; }
    upstream v { server c; keepalive_requests x; server d backup; }
    grpc_set_header A b; proxy_http_version 1.1;
    server {
      listen 80 quic; ssl_verify_client on; ssl_certificate a; ssl_trusted_certificate c;
      http2_push off; http2_push /a;
      location / { proxy_pass http://u; if ($a) { set $b c; } }
      location /9 { proxy_pass http://127.0.0.1; proxy_http_version 9; }
      location /0 { proxy_pass http://v; proxy_http_version 1.0; limit_except GET { deny all; } }
      location /g { grpc_pass u; }
    }
    server { location / { proxy_pass http://$a; } }
  })";
  const VersionRange all{{1, 18, 0}, kNewestVersion};
  const std::vector<Version> versions = {{1, 18, 0}, {1, 19, 9}, {1, 19, 10},    {1, 24, 9},
                                         {1, 25, 0}, {1, 25, 1}, {1, 27, 1},     {1, 27, 2},
                                         {1, 29, 6}, {1, 29, 7}, kNewestVersion, {1, 18, 0}};
  for (const bool named : {false, true}) {
    LoadOptions options;
    options.versions = all;
    options.versions_named = named;
    const auto loaded = testing::load({{"/etc/nginx/nginx.conf", text}}, options);
    const auto changed = merge(*loaded.bound, all.first);
    std::set<std::string> seen;
    for (const Version version : versions) {
      change_version(*changed, version);
      const std::string expected = told_and_merged(*merge(*loaded.bound, version));
      EXPECT_EQ(told_and_merged(*changed), expected);
      seen.insert(expected.substr(expected.find('\n')));
    }
    // 1.19.10, 1.25.1 (`http2_push`), 1.27.2 and 1.29.7 part the versions; 1.25.0 (`quic`) only
    // where some were named.
    EXPECT_EQ(seen.size(), named ? 6u : 5u);
  }
}

TEST(Merge, PassesGoDownIntoIfAndLimitExceptButNotIntoLocations) {
  const auto loaded = merged_http(R"(
    upstream u { server a; }
    server {
      location / {
        proxy_pass http://u;
        if ($a) { set $b c; }
        if ($r) { return 403; }
        limit_except GET { deny all; }
        location /inner { }
      }
      location /m { memcached_pass u; limit_except PUT { deny all; } }
    })");
  ASSERT_TRUE(location(loaded, "if ($a)").pass);
  EXPECT_TRUE(location(loaded, "if ($a)").pass->copied_from_outer);
  EXPECT_TRUE(location(loaded, "if ($a)").has_handler_pass);
  EXPECT_FALSE(location(loaded, "if ($r)").pass);
  ASSERT_TRUE(location(loaded, "limit_except GET").pass);
  EXPECT_FALSE(location(loaded, "limit_except GET").has_handler_pass);
  EXPECT_FALSE(location(loaded, "/inner").pass);
  EXPECT_FALSE(location(loaded, "limit_except PUT").pass);
  EXPECT_EQ(loaded.config->find_upstream("u")->users.size(), 4u);
}

TEST(Merge, KindsOfLocations) {
  const auto loaded = merged_http(R"(server {
      location = /a { } location =/b { } location ^~ /c { } location ~ \.d$ { }
      location ~* \.e$ { } location @f { } location /g { } })");
  std::string shown;
  for (const Location& at : loaded.config->locations()) shown += at.display() + "|";
  EXPECT_EQ(shown, "server|= /a|= /b|^~ /c|~ \\.d$|~* \\.e$|@f|/g|");
  EXPECT_EQ(location(loaded, "@f").parent, loaded.config->servers()[0].root);
}

TEST(Merge, UpstreamsMayBeDefinedAfterUseAndCompareWithoutCase) {
  const auto loaded =
      merged_http("server { location / { proxy_pass http://App/x; } } upstream aPP { server a; }");
  const Pass& pass = *location(loaded, "/").pass;
  ASSERT_NE(pass.upstream, nullptr);
  EXPECT_FALSE(pass.upstream->implicit);
  EXPECT_TRUE(pass.has_uri);
  EXPECT_EQ(pass.uri, "/x");
}

TEST(Merge, ImplicitGroupsAreSharedByHostAndPort) {
  const auto loaded = merged_http(R"(server {
      location /a { proxy_pass http://127.0.0.1; }
      location /b { proxy_pass http://127.0.0.1:80/; }
      location /c { proxy_pass https://127.0.0.1; }
      location /d { proxy_pass http://[::1]:8080; }
      location /e { proxy_pass http://unix:/run/x.sock:/uri; } })");
  const auto group = [&](std::string_view at) { return location(loaded, at).pass->upstream; };
  EXPECT_EQ(group("/a"), group("/b"));
  EXPECT_NE(group("/a"), group("/c"));
  EXPECT_EQ(group("/c")->peers[0].address, "127.0.0.1:443");
  EXPECT_EQ(group("/d")->peers[0].address, "[::1]:8080");
  EXPECT_EQ(group("/e")->peers[0].address, "unix:/run/x.sock");
  EXPECT_EQ(location(loaded, "/e").pass->uri, "/uri");
  EXPECT_FALSE(group("/a")->has_pool());
  EXPECT_EQ(loaded.config->upstreams().size(), 4u);
}

TEST(Merge, ErrorsOfGroups) {
  const auto loaded = merged_http(R"(
    upstream u { server a; } upstream U { server b; }
    server { location / { proxy_pass http://u:81; } location /f { fastcgi_pass 127.0.0.1; }
             location /x { proxy_pass ftp://u; } })");
  const auto& diagnostics = loaded.config->diagnostics();
  EXPECT_EQ(count_rule(diagnostics, "duplicate-upstream"), 1);
  EXPECT_EQ(count_rule(diagnostics, "upstream-with-port"), 1);
  EXPECT_EQ(count_rule(diagnostics, "missing-port"), 1);
}

struct BalancerCase {
  const char* body;
  Balancer balancer;
  bool lost_before_1_29_7;
};

class MergeBalancer : public ::testing::TestWithParam<BalancerCase> {};

TEST_P(MergeBalancer, TheLastMethodWinsAndOnceTookThePoolAway) {
  const std::string text = std::string("upstream u { server a; ") + GetParam().body + " }";
  const auto old = merged_http(text, kOld);
  const auto fresh = merged_http(text, kPoolByDefault);
  EXPECT_EQ(old.config->find_upstream("u")->balancer.value, GetParam().balancer);
  EXPECT_EQ(old.config->find_upstream("u")->pool_lost_to_method, GetParam().lost_before_1_29_7);
  EXPECT_FALSE(fresh.config->find_upstream("u")->pool_lost_to_method);
}

INSTANTIATE_TEST_SUITE_P(
    Methods, MergeBalancer,
    ::testing::Values(BalancerCase{"keepalive 2;", Balancer::kRoundRobin, false},
                      BalancerCase{"least_conn; keepalive 2;", Balancer::kLeastConn, false},
                      BalancerCase{"keepalive 2; least_conn;", Balancer::kLeastConn, true},
                      BalancerCase{"keepalive 2; random two;", Balancer::kRandomTwoLeastConn, true},
                      BalancerCase{"keepalive 2; hash $uri consistent;", Balancer::kHashConsistent,
                                   true},
                      BalancerCase{"ip_hash; hash $uri; keepalive 2;", Balancer::kHash, false},
                      BalancerCase{"keepalive 2; fair;", Balancer::kOther, true}));

TEST(Merge, ParametersOfPeers) {
  const auto loaded = merged_http(
      "upstream u { server a:1 weight=3 max_fails=0 fail_timeout=1m max_conns=7 backup; server "
      "unix:/x down; }");
  const auto& peers = loaded.config->find_upstream("u")->peers;
  ASSERT_EQ(peers.size(), 2u);
  EXPECT_EQ(peers[0].weight, 3);
  EXPECT_EQ(peers[0].max_fails, 0);
  EXPECT_EQ(peers[0].max_conns, 7);
  EXPECT_EQ(peers[0].fail_timeout, std::chrono::minutes(1));
  EXPECT_TRUE(peers[0].backup);
  EXPECT_TRUE(peers[1].down);
}

TEST(Merge, VariablesNameGroups) {
  const auto loaded = merged_http(R"(
    upstream a { server x; } upstream b { server y; }
    map $arg_x $m { default a; 1 b; }
    server {
      location /uri { proxy_pass http://a$uri; }
      location /map { proxy_pass http://$m; }
      location /set { set $t a; proxy_pass http://$t/x; }
      location /arg { proxy_pass http://$arg_y; }
      location /ip { set $t 127.0.0.1:8080; proxy_pass http://$t; }
    })");
  const auto names = [&](std::string_view at) {
    std::string text;
    for (const Upstream* group : location(loaded, at).pass->possible_upstreams) {
      text += group->name + (group->implicit ? "(implicit) " : " ");
    }
    return text + (location(loaded, at).pass->possible_upstreams_complete ? "all" : "some");
  };
  EXPECT_EQ(names("/uri"), "a all");
  EXPECT_EQ(location(loaded, "/uri").pass->host, "a");
  EXPECT_EQ(names("/map"), "b a all");
  EXPECT_EQ(names("/set"), "a all");
  EXPECT_EQ(names("/arg"), "some");
  EXPECT_EQ(names("/ip"), "127.0.0.1:8080(implicit) all");
}

struct ListenCase {
  const char* written;
  const char* address;
  int port;
};

class MergeListen : public ::testing::TestWithParam<ListenCase> {};

TEST_P(MergeListen, Address) {
  const auto loaded =
      merged_http(std::string("server { listen ") + GetParam().written + " ssl default_server; }");
  const Listen& listen = loaded.config->servers()[0].listens[0];
  EXPECT_EQ(listen.address, GetParam().address);
  EXPECT_EQ(listen.port, GetParam().port);
  EXPECT_TRUE(listen.ssl && listen.default_server);
}

INSTANTIATE_TEST_SUITE_P(Forms, MergeListen,
                         ::testing::Values(ListenCase{"8080", "0.0.0.0", 8080},
                                           ListenCase{"*:81", "0.0.0.0", 81},
                                           ListenCase{"127.0.0.1", "127.0.0.1", 80},
                                           ListenCase{"localhost:82", "localhost", 82},
                                           ListenCase{"[::]:83", "::", 83},
                                           ListenCase{"[::1]", "::1", 80},
                                           ListenCase{"unix:/run/x.sock", "unix:/run/x.sock", 0}));

TEST(Merge, ServersWithoutListenOrName) {
  const auto loaded = merged_http("server { } server { server_name a *.b c.* .d ~^e$; }");
  const Server& bare = loaded.config->servers()[0];
  EXPECT_EQ(bare.listens.at(0).port, 80);
  EXPECT_FALSE(bare.listens.at(0).at);
  EXPECT_EQ(bare.names.at(0).text, "");
  const auto& names = loaded.config->servers()[1].names;
  ASSERT_EQ(names.size(), 5u);
  EXPECT_EQ(names[1].kind, ServerNameKind::kLeadingWildcard);
  EXPECT_EQ(names[2].kind, ServerNameKind::kTrailingWildcard);
  EXPECT_EQ(names[3].kind, ServerNameKind::kDotted);
  EXPECT_EQ(names[4].kind, ServerNameKind::kRegex);
}

TEST(Merge, AddHeaderInheritJoinsLevels) {
  const auto loaded = merged_http(
      "add_header_inherit merge; add_header A 1; server { add_header B 2; location / { add_header "
      "C 3; } location /off { add_header_inherit off; } }");
  EXPECT_EQ(location(loaded, "/").scope->find("add_header").directives.size(), 3u);
  EXPECT_TRUE(location(loaded, "/off").scope->find("add_header").is_default());
}

}  // namespace
}  // namespace poolproof
