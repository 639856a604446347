// The recommended value, its ceiling, and the sentence that goes with it.
#include "lint/sizing/recommend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace poolproof::lint {
namespace {

using testing::HasSubstr;

TEST(Recommend, WithoutALoadTwiceTheServersButAtLeastSixteen) {
  EXPECT_EQ(recommended_keepalive(1, 1).keepalive, 16U);
  EXPECT_EQ(recommended_keepalive(8, 4).keepalive, 16U);
  EXPECT_EQ(recommended_keepalive(20, 1).keepalive, 40U);
  EXPECT_EQ(recommended_keepalive(0, 0).keepalive, 16U);
  EXPECT_EQ(recommended_keepalive(20, 1).reason, "two for each of 20 servers");
  EXPECT_THAT(recommended_keepalive(3, 1).reason, HasSubstr("two for each of 3 servers"));
  EXPECT_THAT(recommended_keepalive(1, 1).reason, HasSubstr("in 17"));
}

TEST(Recommend, WithALoadTheSwingOfOneWorker) {
  const Recommendation one = recommended_keepalive(1, 1, Load{10'000, 0.1});
  EXPECT_EQ(one.keepalive, 96U);
  EXPECT_THAT(one.reason, HasSubstr("10,000 requests per second of 100 ms are 1,000 in flight"));
  const Recommendation four = recommended_keepalive(3, 4, Load{10'000, 0.1});
  EXPECT_EQ(four.keepalive, 86U);
  EXPECT_THAT(four.reason, HasSubstr("250 per worker"));
  EXPECT_THAT(four.reason, HasSubstr("3 x sqrt(3 servers x 250) + 3"));
}

TEST(Recommend, ASmallLoadStillGetsTheSmallestSensiblePool) {
  const Recommendation small = recommended_keepalive(1, 4, Load{10, 0.01});
  EXPECT_EQ(small.keepalive, kSmallestKeepalive);
  EXPECT_THAT(small.reason, HasSubstr("2 idle connections"));
}

TEST(Recommend, StaysBelowHalfOfTheWorkersConnections) {
  EXPECT_EQ(keepalive_within(512, 1), 255U);
  EXPECT_EQ(keepalive_within(512, 4), 63U);
  EXPECT_EQ(keepalive_within(512, 0), 255U);
  EXPECT_EQ(keepalive_within(1, 1), 0U);
  EXPECT_EQ(keepalive_within(0, 1), 0U);
  const Recommendation wanted = recommended_keepalive(1, 1, Load{100'000, 0.1});
  EXPECT_EQ(wanted.keepalive, 301U);
  const Recommendation cut = limited_to(wanted, keepalive_within(512, 1), 512);
  EXPECT_EQ(cut.keepalive, 255U);
  EXPECT_THAT(cut.reason, HasSubstr("301 would be better"));
  EXPECT_THAT(cut.reason, HasSubstr("512 worker_connections"));
  EXPECT_EQ(limited_to(wanted, 1000, 2048).reason, wanted.reason);
}

TEST(Recommend, NumbersAsPeopleWriteThem) {
  EXPECT_EQ(readable(0), "0");
  EXPECT_EQ(readable(1), "1");
  EXPECT_EQ(readable(2.5), "2.5");
  EXPECT_EQ(readable(12.345), "12.3");
  EXPECT_EQ(readable(0.0456), "0.0456");
  EXPECT_EQ(readable(99.7), "100");
  EXPECT_EQ(readable(1234567), "1,234,567");
  EXPECT_EQ(readable(-3), "-3");
  EXPECT_EQ(counted(1, "server"), "1 server");
  EXPECT_EQ(counted(1000, "server"), "1,000 servers");
}

}  // namespace
}  // namespace poolproof::lint
