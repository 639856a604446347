// Levels weighted by the time spent at them.
#include "lint/sizing/concurrency.h"

#include <gtest/gtest.h>

namespace poolproof::lint {
namespace {

TEST(Concurrency, IsWeightedByTime) {
  ConcurrencyTimes times;
  times.add(0, 50);
  times.add(2, 40);
  times.add(5, 9);
  times.add(9, 1);
  const ConcurrencyFacts facts = times.facts();
  EXPECT_EQ(facts.p50, 0U);
  EXPECT_EQ(facts.p90, 2U);
  EXPECT_EQ(facts.p99, 5U);
  EXPECT_EQ(facts.max, 9U);
  EXPECT_DOUBLE_EQ(facts.mean, (80 + 45 + 9) / 100.0);
  EXPECT_DOUBLE_EQ(times.shares()[2], 0.4);
  EXPECT_DOUBLE_EQ(times.shares()[3], 0);
}

TEST(Concurrency, OfNothingIsNothing) {
  const ConcurrencyTimes times;
  EXPECT_EQ(times.facts().max, 0U);
  EXPECT_EQ(times.facts().mean, 0);
  EXPECT_TRUE(times.shares().empty());
}

TEST(Concurrency, AGaugeAddsTheTimeOfTheLevelThatItLeaves) {
  ConcurrencyTimes times;
  ConcurrencyGauge gauge;
  gauge.change(1, 1000, times);
  gauge.change(1, 1010, times);
  EXPECT_EQ(gauge.level(), 2U);
  gauge.change(-1, 1040, times);
  gauge.change(-1, 1100, times);
  EXPECT_EQ(gauge.level(), 0U);
  const ConcurrencyFacts facts = times.facts();
  EXPECT_EQ(facts.max, 2U);
  EXPECT_DOUBLE_EQ(facts.mean, (10 + 2 * 30 + 60) / 100.0);
}

TEST(Concurrency, ALevelBeyondMeasureTakesNoMemory) {
  ConcurrencyTimes times;
  times.add(4'000'000'000U, 1);
  EXPECT_EQ(times.facts().max, ConcurrencyTimes::kHighest);
}

}  // namespace
}  // namespace poolproof::lint
