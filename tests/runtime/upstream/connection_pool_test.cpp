// The pool with numbers for connections: order of reuse, eviction, keys, and every reason not to
// keep one.
#include "runtime/upstream/connection_pool.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace poolproof::runtime {
namespace {

using Pool = ConnectionPool<int>;

PoolSettings settings(std::uint32_t capacity) {
  PoolSettings result;
  result.capacity = capacity;
  return result;
}

ReleaseFacts good() {
  ReleaseFacts facts;
  facts.response_reusable = facts.request_fully_sent = true;
  facts.requests_served = 1;
  return facts;
}

TEST(ConnectionPool, ReusesTheMostRecentlyUsedFirst) {
  Pool pool(settings(4));
  for (const int connection : {1, 2, 3}) pool.release({0}, connection, good());
  EXPECT_EQ(pool.size(), 3u);
  EXPECT_EQ(pool.acquire({0}), 3);
  EXPECT_EQ(pool.acquire({0}), 2);
  EXPECT_EQ(pool.acquire({0}), 1);
  EXPECT_EQ(pool.acquire({0}), std::nullopt);
}

TEST(ConnectionPool, EvictsTheLeastRecentlyUsed) {
  Pool pool(settings(2));
  pool.release({0}, 1, good());
  pool.release({1}, 2, good());
  const auto third = pool.release({2}, 3, good());
  EXPECT_EQ(third.outcome, ReleaseOutcome::kPooledEvictedOldest);
  EXPECT_EQ(third.evicted, 1);
  EXPECT_EQ(pool.size(), 2u);
  EXPECT_EQ(pool.acquire({0}), std::nullopt);
  EXPECT_EQ(pool.acquire({1}), 2);
}

TEST(ConnectionPool, OneSlotAndTwoPeersNeverReuse) {  // nginx: keepalive 1, two servers
  Pool pool(settings(1));
  for (int i = 0; i < 6; ++i) {
    const PoolKey key{static_cast<std::uint32_t>(i % 2)};
    EXPECT_EQ(pool.acquire(key), std::nullopt) << i;
    pool.release(key, i, good());
  }
}

TEST(ConnectionPool, TheLocationIsPartOfTheKeyIfItIsGiven) {
  const int location = 0, other = 0;
  Pool pool(settings(4));
  pool.release({0, &location}, 1, good());
  EXPECT_EQ(pool.acquire({0, &other}), std::nullopt);
  EXPECT_EQ(pool.acquire({0, nullptr}), std::nullopt);
  EXPECT_EQ(pool.acquire({0, &location}), 1);
}

TEST(ConnectionPool, AnIdleConnectionCanBeTakenOutBySlot) {
  Pool pool(settings(4));
  pool.release({0}, 1, good());
  const auto middle = pool.release({0}, 2, good());
  pool.release({0}, 3, good());
  EXPECT_EQ(pool.remove(middle.slot), 2);
  EXPECT_EQ(pool.acquire({0}), 3);
  EXPECT_EQ(pool.acquire({0}), 1);
}

TEST(ConnectionPool, ShutdownEmptiesItOldestFirst) {
  Pool pool(settings(4));
  pool.release({0}, 1, good());
  pool.release({0}, 2, good());
  EXPECT_EQ(pool.remove_oldest(), 1);
  EXPECT_EQ(pool.remove_oldest(), 2);
  EXPECT_EQ(pool.remove_oldest(), std::nullopt);
}

TEST(ConnectionPool, PlacesAreUsedAgainAndAgain) {
  Pool pool(settings(2));
  for (int i = 0; i < 100; ++i) {
    pool.release({0}, i, good());
    EXPECT_EQ(pool.acquire({0}), i);
  }
  EXPECT_EQ(pool.size(), 0u);
}

struct Verdict {
  const char* name;
  void (*spoil)(ReleaseFacts&);
  ReleaseOutcome outcome;
};
class ReleaseVerdict : public testing::TestWithParam<Verdict> {};
TEST_P(ReleaseVerdict, NamesTheReason) {
  ReleaseFacts facts = good();
  GetParam().spoil(facts);
  PoolSettings few = settings(2);
  few.max_requests = 10;
  few.max_age_ms = 1000;
  Pool pool(few);
  const auto result = pool.release({0}, 1, facts);
  EXPECT_EQ(result.outcome, GetParam().outcome);
  EXPECT_EQ(is_pooled(result.outcome), pool.size() == 1);
  EXPECT_EQ(result.slot != Pool::kNoSlot, is_pooled(result.outcome));
}
using enum ReleaseOutcome;
INSTANTIATE_TEST_SUITE_P(
    Reasons, ReleaseVerdict,
    testing::Values(
        Verdict{"good", [](ReleaseFacts&) {}, kPooled},
        Verdict{"failed", [](ReleaseFacts& f) { f.failed = true; }, kFailed},
        Verdict{"closed", [](ReleaseFacts& f) { f.connection_broken = true; }, kPeerClosed},
        Verdict{"request_below", [](ReleaseFacts& f) { f.requests_served = 9; }, kPooled},
        Verdict{"request_limit", [](ReleaseFacts& f) { f.requests_served = 10; }, kRequestLimit},
        Verdict{"age_at", [](ReleaseFacts& f) { f.age_ms = 1000; }, kPooled},
        Verdict{"age_above", [](ReleaseFacts& f) { f.age_ms = 1001; }, kAgeLimit},
        Verdict{"not_reusable", [](ReleaseFacts& f) { f.response_reusable = false; }, kNotReusable},
        Verdict{"not_sent", [](ReleaseFacts& f) { f.request_fully_sent = false; }, kRequestNotSent},
        Verdict{"exiting", [](ReleaseFacts& f) { f.worker_exiting = true; }, kWorkerExiting},
        Verdict{"unread", [](ReleaseFacts& f) { f.unread_data = true; }, kUnreadData}),
    [](const auto& each) { return each.param.name; });

TEST(ReleaseOutcome, WithoutCapacityNothingIsKept) {
  EXPECT_EQ(judge_release(settings(0), good()), ReleaseOutcome::kNoPool);
}

TEST(ReleaseOutcome, WithoutIdleTimeNothingIsKept) {
  PoolSettings none = settings(8);
  none.idle_timeout_ms = 0;
  EXPECT_EQ(judge_release(none, good()), ReleaseOutcome::kNoIdleTime);
}

TEST(ReleaseOutcome, EveryOneHasItsOwnName) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kReleaseOutcomeCount; ++i) {
    names.insert(to_string(static_cast<ReleaseOutcome>(i)));
  }
  EXPECT_EQ(names.size(), kReleaseOutcomeCount);
}

}  // namespace
}  // namespace poolproof::runtime
