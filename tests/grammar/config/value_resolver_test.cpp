// What texts with variables can become.
#include "grammar/config/value_resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/grammar/config/config_fixture.h"

namespace poolproof {
namespace {

using testing::location;
using testing::merged_http;
using ::testing::UnorderedElementsAre;

struct ValueCase {
  const char* http;      // statements of http
  const char* server;    // of the server
  const char* location;  // of the location
  const char* expression;
  const char* upgrade;  // the client's Upgrade header
  std::vector<std::string> values;
  bool complete;
};

class PossibleValuesOf : public ::testing::TestWithParam<ValueCase> {};

TEST_P(PossibleValuesOf, Expression) {
  const ValueCase& c = GetParam();
  const auto loaded = merged_http(std::string(c.http) + " server { " + c.server + " location / { " +
                                  c.location + " } }");
  RequestAssumption request;
  request.connection = "keep-alive";
  request.upgrade = c.upgrade;
  const auto result = possible_values(*loaded.config, location(loaded, "/"), c.expression, request);
  EXPECT_THAT(result.values, ::testing::UnorderedElementsAreArray(c.values)) << c.expression;
  EXPECT_EQ(result.complete, c.complete) << c.expression;
}

constexpr const char* kUpgradeMap = "map $http_upgrade $m { default upgrade; '' close; }";

INSTANTIATE_TEST_SUITE_P(
    Cases, PossibleValuesOf,
    ::testing::Values(
        ValueCase{"", "", "", "close", "", {"close"}, true},
        ValueCase{"", "", "", "$http_connection", "", {"keep-alive"}, true},
        ValueCase{"", "", "", "$arg_x", "", {}, false},
        ValueCase{"", "server_name A.test b.test;", "", "$host", "", {"a.test", "b.test"}, true},
        ValueCase{"", "server_name _;", "", "$host", "", {}, false},
        ValueCase{"", "server_name *.test;", "", "$host", "", {}, false},
        ValueCase{kUpgradeMap, "", "", "$m", "", {"close"}, true},
        ValueCase{kUpgradeMap, "", "", "${m}", "websocket", {"upgrade"}, true},
        ValueCase{"map $http_upgrade $m { default upgrade; }", "", "", "$m", "", {"upgrade"}, true},
        ValueCase{"map $http_upgrade $m { websocket upgrade; }", "", "", "$m", "", {""}, true},
        ValueCase{
            "map $http_upgrade $m { WebSocket up; }", "", "", "$m", "websocket", {"up"}, true},
        ValueCase{"map $http_upgrade $m { ~^web re; web ex; }", "", "", "$m", "web", {"ex"}, true},
        ValueCase{"map $http_upgrade $m { ~*^WEB re; }", "", "", "$m", "websocket", {"re"}, true},
        ValueCase{"map $http_upgrade $m { '' $n; } map $http_connection $n { keep-alive a; }",
                  "",
                  "",
                  "$m",
                  "",
                  {"a"},
                  true},
        ValueCase{
            "map $arg_x $m { a 1; b 2; default 3; }", "", "", "$m", "", {"1", "2", "3"}, true},
        ValueCase{"map $m $m { default $m; }", "", "", "$m", "", {}, false},
        ValueCase{"geo $g { default x; 10.0.0.0/8 y; }", "", "", "$g", "", {"x", "y"}, true},
        ValueCase{"split_clients $uri $s { 10% a; * ''; }", "", "", "$s", "", {"a", ""}, true},
        ValueCase{"", "set $e '';", "", "$e", "", {""}, true},
        ValueCase{"", "set $e a;", "set $e b;", "$e", "", {"b"}, true},
        ValueCase{"", "set $e a;", "if ($x) { set $e b; }", "$e", "", {"a", "b"}, true},
        ValueCase{"", "", "if ($x) { set $e b; } set $e c;", "$e", "", {"c"}, true},
        ValueCase{"", "if ($x) { set $e b; }", "", "$e", "", {"", "b"}, true},
        ValueCase{"", "", "set $a x; set $e $a$a; set $a y;", "$e", "", {"xx"}, true},
        ValueCase{"", "", "break; set $e b;", "$e", "", {""}, true},
        ValueCase{
            "", "", "set $e a; access_by_lua_block { ngx.var.e = 'b' }", "$e", "", {"a"}, false},
        ValueCase{"", "", "set $e a; rewrite_by_lua 'ngx.var[\"e\"] = 1';", "$e", "", {"a"}, false},
        ValueCase{"", "access_by_lua_file a.lua;", "set $e a;", "$e", "", {"a"}, false},
        ValueCase{"access_by_lua_block { require 'x' }", "", "set $e a;", "$e", "", {"a"}, false},
        ValueCase{"", "", "set $e a; set_by_lua_block $e { return 1 }", "$e", "", {"a"}, false},
        ValueCase{
            "", "", "set $e a; auth_request_set $e $upstream_http_x;", "$e", "", {"a"}, false},
        ValueCase{
            "", "", "set $e a; access_by_lua_block { ngx.var.other = 1 }", "$e", "", {"a"}, true},
        ValueCase{"", "", "set $e a; log_by_lua_block { ngx.var.e = 1 }", "$e", "", {"a"}, true},
        ValueCase{"map $http_upgrade $m { '' a; }",
                  "",
                  "access_by_lua_file a.lua;",
                  "$m",
                  "",
                  {"a"},
                  true},
        ValueCase{"", "listen 80; listen 443 ssl;", "", "$scheme", "", {"http", "https"}, true}));

TEST(PossibleValues, ATrueIfHasRunItsStatements) {
  const auto loaded = merged_http("server { location / { set $e a; if ($x) { set $e b; } } }");
  const auto result = possible_values(*loaded.config, location(loaded, "if ($x)"), "$e", {});
  EXPECT_THAT(result.values, UnorderedElementsAre("b"));
}

TEST(PossibleValues, ANamedLocationHasWhatThoseHaveSetThatSendRequestsThere) {
  const auto values = [](const std::string& more) {
    const auto loaded = merged_http(
        "server { location / { set $e a; try_files /x @n; } location /other { set $e b; } "
        "location @n { } " +
        more + " }");
    return possible_values(*loaded.config, location(loaded, "@n"), "$e", {}).values;
  };
  EXPECT_THAT(values(""), UnorderedElementsAre("a"));
  EXPECT_THAT(values("set $e s;"), UnorderedElementsAre("a"));
  EXPECT_THAT(values("location /more { error_page 404 = @n; }"), UnorderedElementsAre("a", ""));
  EXPECT_THAT(values("error_page 404 @n;"), UnorderedElementsAre("a", "b"));
}

TEST(PossibleValues, ARewriteMayEndWhatASetWouldChange) {
  const auto values = [](const std::string& statements) {
    const auto loaded = merged_http("server { location / { set $e a; " + statements + " } }");
    return possible_values(*loaded.config, location(loaded, "/"), "$e", {}).values;
  };
  EXPECT_THAT(values("rewrite ^/(.*)$ /x/$1; set $e b;"), UnorderedElementsAre("b"));
  EXPECT_THAT(values("rewrite ^/(.*)$ /x/$1 break; set $e b;"), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(values("rewrite ^/y http://z/; set $e b;"), UnorderedElementsAre("a", "b"));
}

TEST(PossibleValues, GivesUpWhereThereAreTooMany) {
  std::string map = "map $arg_x $m {";
  for (int i = 0; i < 100; ++i) map += " k" + std::to_string(i) + " v" + std::to_string(i) + ";";
  const auto loaded = merged_http(map + "} server { location / { } }");
  const auto result = possible_values(*loaded.config, location(loaded, "/"), "$m", {});
  EXPECT_FALSE(result.complete);
}

TEST(PossibleValues, MapsThatNameMapsManyTimesOverEnd) {
  std::string maps;
  for (int i = 0; i < 30; ++i) {
    const std::string next = "$m" + std::to_string(i + 1);
    maps += "map $arg_x $m" + std::to_string(i) + " { a a" + next + "; b b" + next + "; }\n";
  }
  const auto loaded = merged_http(maps + "server { location / { } }");
  EXPECT_FALSE(possible_values(*loaded.config, location(loaded, "/"), "$m0", {}).complete);
}

TEST(PossibleValues, ConditionsCountWhereTheyAreDecided) {
  const auto values = [](const std::string& condition) {
    const auto loaded = merged_http("server { listen 8080; location / { set $c a; if (" +
                                    condition + ") { set $c b; } } }");
    RequestAssumption request;
    request.connection = "close";
    return possible_values(*loaded.config, location(loaded, "/"), "$c", request).values;
  };
  for (const auto holds :
       {"$request_method = GET", "$scheme ~ ^http$", "$scheme ~* HTTP", "$request_method != POST",
        "$http_upgrade !~ web", "$server_port = 8080", "$http_connection", "$scheme = $scheme"}) {
    EXPECT_THAT(values(holds), UnorderedElementsAre("b")) << holds;
  }
  for (const auto fails : {"$http_upgrade", "$scheme = https", "$server_port != 8080",
                           "$request_method ~ ^(POST|PUT)$", "$http_connection !~* CLOSE"}) {
    EXPECT_THAT(values(fails), UnorderedElementsAre("a")) << fails;
  }
  for (const auto open : {"$arg_x", "$arg_x = 1", "-f $request_filename", "$scheme = $arg_x"}) {
    EXPECT_THAT(values(open), UnorderedElementsAre("a", "b")) << open;
  }
}

TEST(PossibleValues, ABreakThatMayComeLeavesWhatFollowsOpen) {
  const auto loaded = merged_http(
      "server { location / { set $c a; if ($arg_x) { break; } set $c b; } location /n { set $c a; "
      "if "
      "($scheme = https) { break; } set $c b; } }");
  EXPECT_THAT(possible_values(*loaded.config, location(loaded, "/"), "$c", {}).values,
              UnorderedElementsAre("a", "b"));
  EXPECT_THAT(possible_values(*loaded.config, location(loaded, "/n"), "$c", {}).values,
              UnorderedElementsAre("b"));
}

TEST(MapLookup, HostnamesPreferTheLongestWildcard) {
  const auto loaded = merged_http(
      "map $http_upgrade $m { hostnames; *.a.b 1; *.x.a.b 2; .c 3; d.* 4; e 5; default 6; } server "
      "{ "
      "location / { } }");
  const auto value = [&](std::string_view host) {
    RequestAssumption request;
    request.upgrade = host;
    return possible_values(*loaded.config, location(loaded, "/"), "$m", request).values.at(0);
  };
  EXPECT_EQ(value("y.a.b") + value("z.x.a.b") + value("c") + value("q.c") + value("d.org") +
                value("e") + value("f"),
            "1233456");
}

// nginx 1.22.1 reads a map line by line, and takes a dot off the end of a host.
TEST(MapLookup, WhatStandsAboveHostnamesIsNoWildcard) {
  const auto loaded = merged_http(
      "map $http_upgrade $m { default d; *.a 1; hostnames; .b 2; } server { location / { } }");
  const auto value = [&](std::string_view host) {
    RequestAssumption request;
    request.upgrade = host;
    return possible_values(*loaded.config, location(loaded, "/"), "$m", request).values.at(0);
  };
  EXPECT_EQ(value("x.a") + value("*.a") + value("x.b") + value("b."), "d122");
}

TEST(MapLookup, WildcardsOfOneLengthAndOddNames) {
  const auto loaded = merged_http(
      "map $http_upgrade $m { hostnames; .b.c 1; *.c 2; a.* 3; a.b.* 4; *.b.c 5; .d 6; ~x$ 7; ~*Y$ "
      "8; default 9; } server { location / { } }");
  const auto value = [&](std::string_view host) {
    RequestAssumption request;
    request.upgrade = host;
    return possible_values(*loaded.config, location(loaded, "/"), "$m", request).values.at(0);
  };
  // The longest; leading ones before trailing ones; words only with something in the star's place.
  EXPECT_EQ(value("q.b.c"), "5");
  EXPECT_EQ(value("b.c"), "1");
  EXPECT_EQ(value("a.B.C"), "5");
  EXPECT_EQ(value("a.b.e"), "4");
  EXPECT_EQ(value("a.e"), "3");
  EXPECT_EQ(value("a."), "9");
  EXPECT_EQ(value(".c"), "9");
  EXPECT_EQ(value(".d"), "6");
  EXPECT_EQ(value("a..c"), "2");
  EXPECT_EQ(value("x") + value("X") + value("y") + value("Y") + value("") + value("."), "798899");
}

}  // namespace
}  // namespace poolproof
