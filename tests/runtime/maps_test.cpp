// map, geo and split_clients as a plan evaluates them, and the table of host names.
#include "runtime/maps.h"

#include <gtest/gtest.h>

#include "tests/runtime/plan_fixture.h"

namespace poolproof::runtime {
namespace {

/// A plan whose only location returns $v.
PlanFixture with(std::string_view http) {
  return PlanFixture(PlanFixture::server("return 200 \"$v\";", http));
}

struct MapCase {
  std::string_view host;
  std::string_view value;
};
class MapTable : public testing::TestWithParam<MapCase> {};
TEST_P(MapTable, FindsExactThenWildcardThenRegexThenDefault) {
  PlanFixture f(PlanFixture::server("return 200 \"$v\";", R"(map $http_x $v {
      hostnames; default fallback; Exact.test exact; *.wild.test wild; .dot.test dot; pre.* pre;
      ~^re-(?<rest>.+)$ "re $rest"; ~*^NOCASE nocase; \hostnames literal; })"));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.get("/", "a.test", {{"X", GetParam().host}}).text, GetParam().value);
}
INSTANTIATE_TEST_SUITE_P(Maps, MapTable,
                         testing::Values(MapCase{"exact.test", "exact"},
                                         MapCase{"EXACT.test", "exact"},
                                         MapCase{"a.wild.test", "wild"},
                                         MapCase{"wild.test", "fallback"},
                                         MapCase{"dot.test", "dot"}, MapCase{"a.b.dot.test", "dot"},
                                         MapCase{"pre.org", "pre"}, MapCase{"re-9", "re 9"},
                                         MapCase{"Re-9", "fallback"}, MapCase{"nocasex", "nocase"},
                                         MapCase{"hostnames", "literal"}, MapCase{"", "fallback"}));

TEST(Map, WithoutDefaultItIsEmpty) {
  PlanFixture f = with("map $arg_a $v { x y; }");
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.get("/?a=x").text, "y");
  EXPECT_EQ(f.get("/?a=z").text, "");
}

// nginx 1.22.1 goes 100 variables deep and takes the last for empty.
TEST(Map, OneThatNeedsItselfEnds) {
  PlanFixture f = with("map $w $v { default 1; } map $v $w { default 2; }");
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.get("/").text, "1");
}

TEST(Map, VolatileOnesThatNeedThemselvesTwiceEnd) {
  PlanFixture f = with("map $w$w $v { volatile; default 1; } map $v$v $w { volatile; default 2; }");
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.get("/").text, "1");
}

TEST(SplitClients, OneThatNeedsItselfTwiceEnds) {
  PlanFixture f = with("split_clients $w$w $v { * 1; } split_clients $v$v $w { * 2; }");
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.get("/").text, "1");
}

TEST(Geo, OneThatNeedsItselfEnds) {
  PlanFixture f = with("geo $w $v { default 1; } geo $v $w { default 2; }");
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.get("/").text, "1");
}

TEST(Map, OneMapMayNameAnotherBelowIt) {
  PlanFixture f = with("map $w $v { two three; } map $arg_a $w { one two; }");
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.get("/?a=one").text, "three");
}

TEST(Map, IsEvaluatedOncePerRequestUnlessVolatile) {
  const std::string inside = "set $x $v; set $args a=2; return 200 \"$x$v\";";
  PlanFixture once(PlanFixture::server(inside, "map $args $v { a=1 1; a=2 2; }"));
  EXPECT_EQ(once.get("/?a=1").text, "11");
  PlanFixture each(PlanFixture::server(inside, "map $args $v { volatile; a=1 1; a=2 2; }"));
  EXPECT_EQ(each.get("/?a=1").text, "12");
}

TEST(Geo, TheSmallestNetworkWins) {
  PlanFixture f = with(
      "geo $arg_ip $v { default none; 10.0.0.0/8 big; 10.1.0.0/16 small; 10.1.2.3 one;"
      " 2001:db8::/32 six; }");
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.get("/?ip=10.9.9.9").text, "big");
  EXPECT_EQ(f.get("/?ip=10.1.9.9").text, "small");
  EXPECT_EQ(f.get("/?ip=10.1.2.3").text, "one");
  EXPECT_EQ(f.get("/?ip=2001:db8::1").text, "six");
  EXPECT_EQ(f.get("/?ip=11.0.0.1").text, "none");
}

TEST(Geo, UsesTheClientByDefault) {
  PlanFixture f = with("geo $v { 10.1.2.0/24 me; }");
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.get("/").text, "me");
}

TEST(Network, Texts) {
  EXPECT_TRUE(parse_network("10.0.0.1-10.0.0.9"));
  EXPECT_FALSE(parse_network("10.0.0.9-10.0.0.1"));
  EXPECT_FALSE(parse_network("10.0.0.0/33"));
  EXPECT_FALSE(parse_network("x"));
  const auto network = parse_network("10.1.2.3/31");
  ASSERT_TRUE(network);
  EXPECT_TRUE(network->contains(*parse_ip("10.1.2.2")));
  EXPECT_FALSE(network->contains(*parse_ip("10.1.2.4")));
}

// Seen with nginx 1.22.1: split_clients $arg_k $v { 30% a; 20% b; * c; } for k = key0 .. key19.
TEST(SplitClients, DividesAsNginxDoes) {
  PlanFixture f = with("split_clients $arg_k $v { 30% a; 20% b; * c; }");
  ASSERT_NE(f.plan, nullptr) << f.messages();
  std::string seen;
  for (int k = 0; k < 20; ++k) seen += f.get("/?k=key" + std::to_string(k)).text;
  EXPECT_EQ(seen, "ccacccacccccccaaacac");
}

TEST(HostnameTable, RefusesWildcardsInsideOfNames) {
  HostnameTable table;
  EXPECT_FALSE(table.add("a.*.b", 0));
  EXPECT_FALSE(table.add("*b.c", 0));
  EXPECT_TRUE(table.add("*.b.c", 0));
  EXPECT_TRUE(table.add("a.b.*", 0));
}

TEST(HostnameTable, TheFirstOfEqualNamesStays) {
  HostnameTable table;
  table.add("a", 1);
  table.add("A", 2);
  EXPECT_EQ(table.find("a"), 1u);
}

}  // namespace
}  // namespace poolproof::runtime
