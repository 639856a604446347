// Typing errors find their name; other words find none.
#include "grammar/base/nearest.h"

#include <array>

#include <gtest/gtest.h>

namespace poolproof {
namespace {

constexpr std::array<std::string_view, 4> kKnown{"ignore", "select", "severity", "path-map"};

TEST(Nearest, TypingErrors) {
  EXPECT_EQ(nearest("ignroe", kKnown), "ignore");
  EXPECT_EQ(nearest("ignore", kKnown), "ignore");
  EXPECT_EQ(nearest("selct", kKnown), "select");
  EXPECT_EQ(nearest("severities", kKnown), "severity");
  EXPECT_EQ(nearest("path_map", kKnown), "path-map");
}

TEST(Nearest, OtherWords) {
  EXPECT_EQ(nearest("zzz", kKnown), "");
  EXPECT_EQ(nearest("", kKnown), "");
  EXPECT_EQ(nearest("prefix", kKnown), "");
  EXPECT_EQ(nearest("x", {}), "");
}

}  // namespace
}  // namespace poolproof
