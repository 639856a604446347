// Requests in the order of time, whatever the order of the log is, with bounded memory.
#include "lint/sizing/timeline.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace poolproof::lint {
namespace {

constexpr Micros kSecond = 1'000'000;

class Recorder : public TimelineReceiver {
 public:
  void begin(Stay& stay) override {
    events.push_back(stay.begin);
    stay.ticket = ++begun;
    most = std::max(most, ++open);
  }
  void end(Stay& stay) override {
    events.push_back(stay.end);
    EXPECT_GT(stay.ticket, 0U);
    --open;
  }

  std::vector<Micros> events;
  std::uint32_t begun = 0, open = 0, most = 0;
};

Stay stay_of(Micros begin, Micros end) {
  Stay stay;
  stay.begin = begin;
  stay.end = end;
  return stay;
}

TEST(Timeline, DeliversInTheOrderOfTime) {
  Recorder recorder;
  Timeline timeline(recorder);
  std::mt19937 dice(3);
  Micros now = 1'000 * kSecond;
  for (int i = 0; i < 20'000; ++i) {
    now += dice() % 20'000;
    const Micros end = now - dice() % 1'000'000;  // buffered logs are not in order
    timeline.add(stay_of(end - dice() % (20 * kSecond), end));
  }
  timeline.finish();
  EXPECT_EQ(recorder.events.size(), 40'000U);
  EXPECT_TRUE(std::is_sorted(recorder.events.begin(), recorder.events.end()));
  EXPECT_EQ(recorder.open, 0U);
  EXPECT_EQ(timeline.late(), 0U);
}

TEST(Timeline, AStayOfNoLengthBeginsBeforeItEnds) {
  Recorder recorder;
  Timeline timeline(recorder);
  timeline.add(stay_of(5, 5));
  timeline.finish();
  EXPECT_EQ(recorder.events, (std::vector<Micros>{5, 6}));
}

TEST(Timeline, WhatBeganBeforeTheLagBeginsLate) {
  Recorder recorder;
  Timeline timeline(recorder);
  timeline.add(stay_of(1000 * kSecond, 1001 * kSecond));
  timeline.add(stay_of(2000 * kSecond, 2001 * kSecond));
  EXPECT_TRUE(timeline.add(stay_of(1500 * kSecond, 2002 * kSecond)));
  timeline.finish();
  EXPECT_EQ(timeline.late(), 1U);
  EXPECT_EQ(recorder.begun, 3U);
  EXPECT_TRUE(std::is_sorted(recorder.events.begin(), recorder.events.end()));
}

TEST(Timeline, AStayOfYearsIsCut) {
  Recorder recorder;
  Timeline timeline(recorder);
  constexpr Micros kYear2023 = 1'700'000'000 * kSecond;
  timeline.add(stay_of(0, kYear2023));
  timeline.add(stay_of(0, kYear2023 + kSecond));
  timeline.finish();
  EXPECT_EQ(timeline.late(), 2U);
  ASSERT_EQ(recorder.events.size(), 4U);
  EXPECT_GE(recorder.events[0], kYear2023 - Timeline::kLag - kSecond);
  EXPECT_EQ(recorder.events[3], kYear2023 + kSecond);
}

TEST(Timeline, WhatEndedBeforeTheLagIsRefused) {
  Recorder recorder;
  Timeline timeline(recorder);
  EXPECT_TRUE(timeline.add(stay_of(2000 * kSecond, 2001 * kSecond)));
  EXPECT_FALSE(timeline.add(stay_of(10 * kSecond, 11 * kSecond)));
  timeline.finish();
  EXPECT_EQ(recorder.begun, 1U);
  EXPECT_EQ(timeline.late(), 0U);
}

TEST(Timeline, GapsOfDaysCostNothing) {
  Recorder recorder;
  Timeline timeline(recorder);
  for (Micros day = 0; day < 100; ++day) {
    const Micros at = day * 86'400 * kSecond;
    timeline.add(stay_of(at, at + kSecond));
  }
  timeline.finish();
  EXPECT_EQ(recorder.events.size(), 200U);
  EXPECT_EQ(recorder.most, 1U);
}

TEST(Timeline, HoldsABoundedNumber) {
  Recorder recorder;
  Timeline timeline(recorder);
  constexpr std::size_t kMany = Timeline::kMostStays + 10'000;
  const Micros start = 1'000 * kSecond;
  for (std::size_t i = 0; i < kMany; ++i) {
    const Micros end = start + static_cast<Micros>(i) * 10;
    timeline.add(stay_of(end - 5000, end));
  }
  EXPECT_GE(recorder.begun, 10'000U);
  timeline.finish();
  EXPECT_EQ(recorder.begun, kMany);
  EXPECT_TRUE(std::is_sorted(recorder.events.begin(), recorder.events.end()));
}

}  // namespace
}  // namespace poolproof::lint
