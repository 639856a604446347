// Timers without a clock.
#include "runtime/net/timer_wheel.h"

#include <gtest/gtest.h>

#include <memory>

namespace poolproof::runtime {
namespace {

struct Counter final : TimerHandler {
  void on_timeout() override { ++fired; }
  int fired = 0;
};

TEST(TimerWheel, FiresNeverEarlyAndAtMostATickLate) {
  for (std::int64_t delay : {0, 1, 15, 16, 17, 1000, 65'000, 70'000, 200'000}) {
    TimerWheel wheel(1000);
    Counter counter;
    Timer timer(counter);
    wheel.set(timer, 1000 + delay);
    std::int64_t now = 1000;
    while (counter.fired == 0 && now < 300'000) wheel.advance(++now);
    EXPECT_GE(now, 1000 + delay);
    EXPECT_LE(now, 1000 + delay + 2 * TimerWheel::kTickMs) << delay;
  }
}

TEST(TimerWheel, ALaterDeadlineOnlyWritesANumber) {
  TimerWheel wheel(0);
  Counter counter;
  Timer timer(counter);
  wheel.set(timer, 100);
  wheel.set(timer, 5000);
  EXPECT_LE(wheel.wait_ms(0), 100 + TimerWheel::kTickMs);  // still in the slot of the first
  wheel.advance(4990);
  EXPECT_EQ(counter.fired, 0);
  wheel.advance(5040);
  EXPECT_EQ(counter.fired, 1);
  wheel.advance(20'000);
  EXPECT_EQ(counter.fired, 1);
}

TEST(TimerWheel, AnEarlierDeadlineMovesTheTimer) {
  TimerWheel wheel(0);
  Counter counter;
  Timer timer(counter);
  wheel.set(timer, 50'000);
  wheel.set(timer, 100);
  wheel.advance(140);
  EXPECT_EQ(counter.fired, 1);
}

TEST(TimerWheel, CancelledAndDestroyedTimersAreSilent) {
  TimerWheel wheel(0);
  Counter counter;
  Timer cancelled(counter);
  wheel.set(cancelled, 50);
  cancelled.cancel();
  {
    Timer destroyed(counter);
    wheel.set(destroyed, 50);
  }
  wheel.advance(1000);
  EXPECT_EQ(counter.fired, 0);
  EXPECT_EQ(wheel.wait_ms(1000), -1);
}

struct Chain final : TimerHandler {
  void on_timeout() override {
    ++fired;
    other.reset();  // destroys a timer that is due in the same slot
    if (fired < 3) wheel->set(*own, 1000 + fired);
  }
  TimerWheel* wheel = nullptr;
  Timer* own = nullptr;
  std::unique_ptr<Timer> other;
  int fired = 0;
};

TEST(TimerWheel, HandlersMaySetAndDestroyTimers) {
  TimerWheel wheel(0);
  Chain chain;
  Counter counter;
  chain.wheel = &wheel;
  chain.other = std::make_unique<Timer>(counter);
  Timer timer(chain);
  chain.own = &timer;
  wheel.set(*chain.other, 100);
  wheel.set(timer, 100);  // fires first: the last one in is at the front
  wheel.advance(160);
  EXPECT_EQ(counter.fired, 0);
  for (std::int64_t now = 160; now < 1200; now += 16) wheel.advance(now);
  EXPECT_EQ(chain.fired, 3);
}

TEST(TimerWheel, SurvivesALongPause) {
  TimerWheel wheel(0);
  Counter counter;
  Timer timer(counter);
  wheel.set(timer, 1'000);
  wheel.advance(10'000'000);
  EXPECT_EQ(counter.fired, 1);
}

}  // namespace
}  // namespace poolproof::runtime
