// Versions and ranges as people type them.
#include "grammar/base/version.h"

#include <gtest/gtest.h>

namespace poolproof {
namespace {

TEST(Version, ReadsAllWaysToWriteOne) {
  EXPECT_EQ(parse_version("1.22.1"), (Version{1, 22, 1}));
  EXPECT_EQ(parse_version("1.22"), (Version{1, 22, 0}));
  EXPECT_EQ(parse_version("1.22.x"), (Version{1, 22, 0}));
  // OpenResty's: its own number follows that of nginx.
  EXPECT_EQ(parse_version("1.21.4.1"), (Version{1, 21, 4}));
}

TEST(Version, RefusesWhatIsNone) {
  for (const char* text : {"", "1", "1.", ".1", "1.2.", "1.2.3.4.5", "a.b", "1.2x", "1.-2", "-1.2",
                           " 1.2", "1.2 ", "1.22222", "v1.22", "+1.2"}) {
    EXPECT_EQ(parse_version(text), std::nullopt) << text;
  }
}

TEST(Version, IsWrittenWithAllThreeNumbers) {
  EXPECT_EQ(to_string(Version{1, 29, 7}), "1.29.7");
  EXPECT_EQ(to_string(Version{1, 22, kLastPatch}), "1.22.x");
}

TEST(Version, ComparesNumbersNotText) {
  EXPECT_LT((Version{1, 9, 15}), (Version{1, 18, 0}));
}

struct RangeCase {
  const char* text;
  VersionRange range;
};

TEST(VersionRange, ReadsAllWaysToWriteOne) {
  const RangeCase cases[] = {
      {"1.22.1", {{1, 22, 1}, {1, 22, 1}}},
      {"1.22", {{1, 22, 0}, {1, 22, kLastPatch}}},
      {"1.22.x", {{1, 22, 0}, {1, 22, kLastPatch}}},
      {"1.18-1.28", {{1, 18, 0}, {1, 28, kLastPatch}}},
      {"1.18..1.28.2", {{1, 18, 0}, {1, 28, 2}}},
      {"1.25-", {{1, 25, 0}, kNewestVersion}},
      {"1.25..", {{1, 25, 0}, kNewestVersion}},
      {"-1.28", {kOldestVersion, {1, 28, kLastPatch}}},
      {">=1.25", {{1, 25, 0}, kNewestVersion}},
      {"<1.29.7", {kOldestVersion, {1, 29, 6}}},
      {"<1.29", {kOldestVersion, {1, 28, kLastPatch}}},
  };
  for (const RangeCase& test : cases) {
    EXPECT_EQ(parse_version_range(test.text), test.range) << test.text;
  }
}

TEST(VersionRange, RefusesWhatIsNoneOrEmpty) {
  for (const char* text : {"", "-", "..", "x", "1.28-1.18", "1.22.2-1.22.1", "<1.18", ">=9.0", "<",
                           ">=", "1.18-x", "x-1.18", "1.18--1.20", "1.18...1.20"}) {
    EXPECT_EQ(parse_version_range(text), std::nullopt) << text;
  }
}

TEST(VersionRange, ContainsBothItsEnds) {
  const VersionRange range = *parse_version_range("1.22");
  EXPECT_TRUE(range.contains({1, 22, 0}));
  EXPECT_TRUE(range.contains({1, 22, 9}));
  EXPECT_FALSE(range.contains({1, 23, 0}));
  EXPECT_FALSE(range.contains({1, 21, 6}));
  EXPECT_TRUE(parse_version_range("1.22.1")->is_single());
  EXPECT_FALSE(range.is_single());
}

}  // namespace
}  // namespace poolproof
