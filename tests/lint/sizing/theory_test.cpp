// The formulas against worked examples and against sums that were done by hand.
#include "lint/sizing/theory.h"

#include <cmath>

#include <gtest/gtest.h>

namespace poolproof::lint {
namespace {

TEST(Theory, LittlesLaw) {
  EXPECT_DOUBLE_EQ(in_flight({10'000, 0.1}), 1000);
  EXPECT_DOUBLE_EQ(in_flight(per_worker({10'000, 0.1}, 8)), 125);
  EXPECT_DOUBLE_EQ(in_flight(per_worker({10, 0.1}, 0)), 1);
}

TEST(Theory, FiftyThenManyArrivalsCloseAndOpenForty) {
  // 10,000 requests per second of 100 ms: 100 begin and 100 end in 10 ms, but not evenly.
  const auto costs = walk_steps(10, {{50, 100}, {150, 100}});
  EXPECT_EQ(costs[0].closed, 40U);
  EXPECT_EQ(costs[0].opened, 0U);
  EXPECT_EQ(costs[0].idle, 10U);
  EXPECT_EQ(costs[1].opened, 40U);
  EXPECT_EQ(costs[1].closed, 0U);
  EXPECT_EQ(costs[1].idle, 0U);
}

TEST(Theory, FiftyThenManyCompletionsOpenFiftyAndCloseForty) {
  const auto costs = walk_steps(10, {{100, 50}, {100, 150}});
  EXPECT_EQ(costs[0].opened, 50U);
  EXPECT_EQ(costs[0].closed, 0U);
  EXPECT_EQ(costs[1].opened, 0U);
  EXPECT_EQ(costs[1].closed, 40U);
  EXPECT_EQ(costs[1].idle, 10U);
}

TEST(Theory, APoolAsLargeAsTheSwingCostsNothingAfterwards) {
  for (const StepCost& cost : walk_steps(50, {{50, 100}, {150, 100}, {50, 100}, {150, 100}})) {
    EXPECT_EQ(cost.opened, 0U);
    EXPECT_EQ(cost.closed, 0U);
  }
}

TEST(Theory, SwingGrowsWithTheRootOfTheLoad) {
  EXPECT_EQ(swing(1, 100), 31U);
  EXPECT_EQ(swing(1, 400), 61U);
  EXPECT_EQ(swing(4, 100), 64U);
  EXPECT_EQ(swing(3, 0), 3U);
  EXPECT_EQ(swing(3, -1), 3U);
}

TEST(Theory, EnoughForIsTheInverseOfSwing) {
  for (const std::uint32_t servers : {1U, 5U, 20U}) {
    for (const double load : {10.0, 250.0}) {
      const std::uint32_t places = swing(servers, load);
      EXPECT_GE(enough_for(places, servers), load);
      EXPECT_LT(enough_for(places - 1, servers), load);
    }
  }
  EXPECT_EQ(enough_for(3, 5), 0);
}

TEST(Theory, SmallPool) {
  EXPECT_DOUBLE_EQ(small_pool_opened_per_request(1), 0.5);
  EXPECT_DOUBLE_EQ(small_pool_opened_per_request(4), 0.2);
  EXPECT_LE(small_pool_opened_per_request(32), 0.031);
}

TEST(Theory, ConcurrencyQuantiles) {
  EXPECT_EQ(concurrency_quantile(0, 0.5), 0U);
  // Poisson with mean 10 (tables): P(X<=10) = .583, P(X<=14) = .917, P(X<=18) = .993.
  EXPECT_EQ(concurrency_quantile(10, 0.5), 10U);
  EXPECT_EQ(concurrency_quantile(10, 0.9), 14U);
  EXPECT_EQ(concurrency_quantile(10, 0.99), 18U);
  // Normal: 1000 + 2.3263 * sqrt(1000).
  EXPECT_NEAR(concurrency_quantile(1000, 0.99), 1073.6, 1);
  EXPECT_NEAR(concurrency_quantile(1000, 0.9), 1040.5, 1);
  EXPECT_NEAR(concurrency_quantile(1000, 0.001), 1000 - 3.0902 * std::sqrt(1000), 1);
}

}  // namespace
}  // namespace poolproof::lint
