// Which edits go together, and that all other bytes stay.
#include "lint/edit_set.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace poolproof::test {
namespace {

constexpr FileId kFile{0};

Fix fix_of(std::vector<TextEdit> edits) {
  return {"", Applicability::kSafe, std::move(edits)};
}
TextEdit edit(std::uint32_t begin, std::uint32_t end, std::string text) {
  return {{kFile, begin, end}, std::move(text)};
}

TEST(EditSet, applies_in_order_of_place) {
  lint::EditSet edits;
  EXPECT_TRUE(edits.add(fix_of({edit(4, 6, "XYZ"), edit(0, 1, "")})));
  EXPECT_EQ(edits.apply(kFile, "abcdefgh"), "bcdXYZgh");
  EXPECT_EQ(edits.apply(FileId{1}, "abcdefgh"), "abcdefgh");
}

TEST(EditSet, takes_a_fix_whole_or_not_at_all) {
  lint::EditSet edits;
  EXPECT_TRUE(edits.add(fix_of({edit(2, 5, "1")})));
  EXPECT_FALSE(edits.add(fix_of({edit(7, 8, "2"), edit(4, 6, "3")})));
  EXPECT_EQ(edits.apply(kFile, "abcdefgh"), "ab1fgh");
}

TEST(EditSet, shares_an_edit_that_two_fixes_want) {
  lint::EditSet edits;
  EXPECT_TRUE(edits.add(fix_of({edit(3, 3, "+"), edit(0, 1, "A")})));
  EXPECT_TRUE(edits.add(fix_of({edit(3, 3, "+"), edit(4, 5, "E")})));
  EXPECT_EQ(edits.apply(kFile, "abcde"), "Abc+dE");
}

TEST(EditSet, keeps_the_order_of_insertions_at_one_place) {
  lint::EditSet edits;
  EXPECT_TRUE(edits.add(fix_of({edit(1, 1, "1")})));
  EXPECT_TRUE(edits.add(fix_of({edit(1, 1, "2")})));
  EXPECT_EQ(edits.apply(kFile, "ab"), "a12b");
}

TEST(EditSet, allows_an_insertion_at_the_edge_but_not_inside) {
  lint::EditSet edits;
  EXPECT_TRUE(edits.add(fix_of({edit(2, 4, "")})));
  EXPECT_TRUE(edits.add(fix_of({edit(2, 2, "<")})));
  EXPECT_TRUE(edits.add(fix_of({edit(4, 4, ">")})));
  EXPECT_FALSE(edits.add(fix_of({edit(3, 3, "!")})));
  EXPECT_EQ(edits.apply(kFile, "abcdef"), "ab<>ef");
}

/// Held against the plain definition: no two edits share a byte, none inserts inside another.
TEST(EditSet, takes_what_overlaps_nothing) {
  std::minstd_rand random(7);
  for (int round = 0; round < 500; ++round) {
    lint::EditSet edits;
    std::vector<TextEdit> taken;
    for (int i = 0; i < 12; ++i) {
      const auto begin = static_cast<std::uint32_t>(random() % 12);
      const TextEdit next = edit(begin, begin + random() % 3, std::to_string(i));
      const bool fits = std::none_of(taken.begin(), taken.end(), [&](const TextEdit& other) {
        const bool both_empty =
            next.span.begin == next.span.end && other.span.begin == other.span.end;
        return !both_empty && next.span.begin < other.span.end && other.span.begin < next.span.end;
      });
      EXPECT_EQ(edits.add(fix_of({next})), fits);
      if (fits) taken.push_back(next);
    }
  }
}

TEST(EditSet, names_its_files_once) {
  lint::EditSet edits;
  EXPECT_TRUE(edits.empty());
  EXPECT_TRUE(edits.add(
      fix_of({{{FileId{2}, 0, 0}, "a"}, {{FileId{1}, 0, 0}, "b"}, {{FileId{2}, 5, 6}, ""}})));
  EXPECT_EQ(edits.files(), (std::vector{FileId{1}, FileId{2}}));
}

}  // namespace
}  // namespace poolproof::test
