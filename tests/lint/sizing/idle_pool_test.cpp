// The numbers' pool behaves as nginx's: order of reuse, of eviction, and the limits.
#include "lint/sizing/idle_pool.h"

#include <deque>
#include <random>

#include <gtest/gtest.h>

namespace poolproof::lint {
namespace {

constexpr PoolRules kRules{};

class IdlePoolTest : public testing::Test {
 protected:
  std::uint32_t take(std::uint32_t server, Micros now = 0) {
    return pool_.take(server, now, rules_, counts_);
  }
  void give(std::uint32_t server, std::uint32_t served, Micros now = 0) {
    pool_.give(server, now, served, rules_, counts_);
  }

  PoolRules rules_ = kRules;
  IdlePool pool_{2};
  PoolCounts counts_;
};

TEST_F(IdlePoolTest, AnEmptyPoolOpens) {
  EXPECT_EQ(take(0), 0U);
  EXPECT_EQ(take(7), 0U);
  EXPECT_EQ(counts_.opened, 2U);
}

TEST_F(IdlePoolTest, TheLastOneInIsTheFirstOneOut) {
  give(0, 11);
  give(0, 22);
  EXPECT_EQ(take(0), 22U);
  EXPECT_EQ(take(0), 11U);
  EXPECT_EQ(take(0), 0U);
}

TEST_F(IdlePoolTest, TheLeastRecentlyUsedOfAllServersGoes) {
  give(0, 1);
  give(1, 2);
  give(1, 3);
  EXPECT_EQ(counts_.evicted, 1U);
  EXPECT_EQ(pool_.size(), 2U);
  EXPECT_EQ(take(0), 0U);
  EXPECT_EQ(take(1), 3U);
  EXPECT_EQ(take(1), 2U);
}

TEST_F(IdlePoolTest, AConnectionServesItsOwnServerOnly) {
  give(3, 5);
  EXPECT_EQ(take(2), 0U);
  EXPECT_EQ(take(3), 5U);
}

TEST_F(IdlePoolTest, IdleTimeEndsAConnection) {
  rules_.idle_timeout = 100;
  give(0, 1, 0);
  give(0, 2, 50);
  EXPECT_EQ(take(0, 149), 2U);
  EXPECT_EQ(take(0, 149), 0U);
  EXPECT_EQ(counts_.expired, 1U);
}

TEST_F(IdlePoolTest, EnoughRequestsEndAConnection) {
  rules_.max_requests = 10;
  give(0, 9);
  give(0, 10);
  EXPECT_EQ(counts_.worn_out, 1U);
  EXPECT_EQ(pool_.size(), 1U);
}

TEST_F(IdlePoolTest, APoolOfNoneKeepsNone) {
  IdlePool none(0);
  none.give(0, 0, 1, rules_, counts_);
  EXPECT_EQ(none.size(), 0U);
  EXPECT_EQ(counts_.evicted, 1U);
}

/// nginx's own way: one queue, searched from the front.
struct PlainPool {
  struct Entry {
    std::uint32_t server, served;
    Micros since;
  };
  std::size_t capacity;
  std::deque<Entry> entries;

  void expire(Micros now, Micros timeout) {
    while (!entries.empty() && now - entries.back().since >= timeout) entries.pop_back();
  }
  std::uint32_t take(std::uint32_t server) {
    for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
      if (entry->server != server) continue;
      const std::uint32_t served = entry->served;
      entries.erase(entry);
      return served;
    }
    return 0;
  }
  void give(std::uint32_t server, std::uint32_t served, Micros now) {
    if (entries.size() == capacity) entries.pop_back();
    entries.push_front({server, served, now});
  }
};

TEST(IdlePool, TheSameAsAQueueThatIsSearched) {
  std::mt19937 dice(7);
  const PoolRules rules{.idle_timeout = 40, .max_requests = 1'000'000'000};
  for (const std::uint32_t capacity : {1U, 3U, 16U}) {
    IdlePool pool(capacity);
    PlainPool plain{capacity, {}};
    PoolCounts counts;
    Micros now = 0;
    for (std::uint32_t i = 1; i < 20'000; ++i) {
      now += dice() % 100 == 0 ? 50 : dice() % 5;
      plain.expire(now, rules.idle_timeout);
      const std::uint32_t server = dice() % 4;
      if (dice() % 2 == 0) {
        ASSERT_EQ(pool.take(server, now, rules, counts), plain.take(server)) << i;
      } else {
        pool.give(server, now, i, rules, counts);
        plain.give(server, i, now);
        ASSERT_EQ(pool.size(), plain.entries.size()) << i;
      }
    }
    EXPECT_GT(counts.evicted, 0U);
    EXPECT_GT(counts.expired, 0U);
  }
}

}  // namespace
}  // namespace poolproof::lint
