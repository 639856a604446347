// Ranges of `geo`: the same verdicts as from a table of single pieces, which is what nginx has.
#include "grammar/config/range_table.h"

#include <map>
#include <random>

#include <gtest/gtest.h>

namespace poolproof {
namespace {

/// Every piece by itself.
class PieceByPiece {
 public:
  bool add(std::uint32_t from, std::uint32_t to) {
    for (std::uint64_t at = from; at <= to; at = (at | 0xffff) + 1) {
      if (!add_piece(at, std::min<std::uint64_t>(to, at | 0xffff))) return false;
    }
    return true;
  }

 private:
  bool add_piece(std::uint64_t from, std::uint64_t to) {
    const auto hit = by_end_.lower_bound(from);
    if (hit == by_end_.end() || hit->second > to) return by_end_.emplace(to, from).second;
    const auto [end, begin] = *hit;
    if (from < begin || to > end) return false;
    by_end_.erase(hit);
    if (begin < from) by_end_.emplace(from - 1, begin);
    by_end_.emplace(to, from);
    if (to < end) by_end_.emplace(end, to + 1);
    return true;
  }

  std::map<std::uint64_t, std::uint64_t> by_end_;
};

TEST(RangeTable, TakesWhatLiesInside) {
  RangeTable table;
  EXPECT_TRUE(table.add(0, 0xffffffff));
  EXPECT_TRUE(table.add(0x01000005, 0x03000005));
  EXPECT_FALSE(table.add(0x01000004, 0x01000005));
  EXPECT_FALSE(table.add(0, 0xffffffff));
  EXPECT_TRUE(table.add(0x02000000, 0x0200ffff));
}

TEST(RangeTable, KeepsWhatStandsBeforeAnOverlap) {
  RangeTable table;
  EXPECT_TRUE(table.add(0x00050001, 0x00050002));
  EXPECT_FALSE(table.add(0x00010000, 0x0007ffff));
  EXPECT_TRUE(table.add(0x00020007, 0x00020009));   // inside the part that was taken
  EXPECT_FALSE(table.add(0x00020008, 0x0002000a));  // across the end of one in it
  EXPECT_TRUE(table.add(0x00060000, 0x0006ffff));   // behind it nothing was
}

TEST(RangeTable, SaysTheSameAsPieceByPiece) {
  std::mt19937 dice(20250101);
  // Few stretches and few places in them: ends meet often.
  const auto any = [&dice] {
    constexpr std::uint32_t kPlaces[] = {0, 1, 2, 0x7fff, 0x8000, 0xfffe, 0xffff};
    return static_cast<std::uint32_t>(dice() % 6) << 16 | kPlaces[dice() % std::size(kPlaces)];
  };
  for (int round = 0; round < 2000; ++round) {
    RangeTable table;
    PieceByPiece expected;
    const std::uint32_t base = round % 2 == 0 ? 0 : 0xfffa0000;  // also at the end of all addresses
    for (int i = 0; i < 12; ++i) {
      std::uint32_t from = base + any(), to = base + any();
      if (from > to) std::swap(from, to);
      ASSERT_EQ(table.add(from, to), expected.add(from, to)) << round << ' ' << from << '-' << to;
    }
  }
}

}  // namespace
}  // namespace poolproof
