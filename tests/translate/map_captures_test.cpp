#include "translate/map_captures.h"

#include <gtest/gtest.h>

#include "tests/grammar/config/config_fixture.h"

namespace poolproof::translate {
namespace {

using testing::merged_http;
using enum MapCaptures::Phase;

class MapCapturesTest : public ::testing::Test {
 protected:
  testing::Loaded loaded_ = merged_http(
      "map $http_x $plain { a b; } map $http_x $regex { ~^a b; } map $regex $outer { a b; }"
      "map $http_x $valued { a $regex; } map $http_x $round { a $round; }");
  MapCaptures captures_{*loaded_.config};
  Directive at_ = loaded_.config->maps().front().at;
};

TEST_F(MapCapturesTest, a_map_before_a_capture_takes_it) {
  for (const std::string_view map : {"regex", "outer", "valued"}) {
    captures_.begin();
    EXPECT_FALSE(captures_.see("1", kScript, at_));
    EXPECT_FALSE(captures_.see(map, kScript, at_));
    const auto taken = captures_.see("1", kScript, at_);
    ASSERT_TRUE(taken) << map;
    EXPECT_EQ(taken->map, map);
  }
}

TEST_F(MapCapturesTest, maps_without_expressions_take_nothing) {
  for (const std::string_view map : {"plain", "round", "host"}) {
    EXPECT_FALSE(captures_.see(map, kScript, at_));
    EXPECT_FALSE(captures_.see("1", kRequest, at_)) << map;
  }
}

TEST_F(MapCapturesTest, what_is_run_later_takes_nothing) {
  EXPECT_FALSE(captures_.see("regex", kAnswer, at_));
  EXPECT_FALSE(captures_.see("2", kRequest, at_));
  EXPECT_FALSE(captures_.see("2", kScript, at_));
  EXPECT_TRUE(captures_.see("2", kAnswer, at_));
}

TEST_F(MapCapturesTest, the_order_of_fields_is_not_known) {
  EXPECT_FALSE(captures_.see("1", kRequest, at_));
  EXPECT_TRUE(captures_.see("regex", kRequest, at_));
}

TEST_F(MapCapturesTest, each_location_begins_anew) {
  EXPECT_FALSE(captures_.see("regex", kScript, at_));
  captures_.begin();
  EXPECT_FALSE(captures_.see("1", kAnswer, at_));
}

}  // namespace
}  // namespace poolproof::translate
