// Comparing names as HTTP does, for all lengths that are compared in other steps.
#include "runtime/request.h"

#include <gtest/gtest.h>

#include <string>

namespace poolproof::runtime {
namespace {

TEST(EqualsIgnoringCase, TellsLettersFromOtherBytesAtEveryPlace) {
  for (std::size_t size = 1; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string a(size, 'x'), b(size, 'X');
      EXPECT_TRUE(equals_ignoring_case(a, b));
      const auto compare = [&](char left, char right) {
        a[at] = left;
        b[at] = right;
        return equals_ignoring_case(a, b);
      };
      EXPECT_TRUE(compare('a', 'A')) << size << ' ' << at;
      EXPECT_TRUE(compare('-', '-')) << size << ' ' << at;
      EXPECT_FALSE(compare('a', 'b')) << size << ' ' << at;
      // These differ in the bit that makes letters small, and are none.
      EXPECT_FALSE(compare('@', '`')) << size << ' ' << at;
      EXPECT_FALSE(compare('[', '{')) << size << ' ' << at;
      EXPECT_FALSE(compare('-', '\r')) << size << ' ' << at;
      EXPECT_FALSE(compare('\xe4', '\xc4')) << size << ' ' << at;
    }
  }
}

TEST(EqualsIgnoringCase, AsksForEqualLengths) {
  EXPECT_TRUE(equals_ignoring_case("", ""));
  EXPECT_FALSE(equals_ignoring_case("", "a"));
  EXPECT_FALSE(equals_ignoring_case("host", "hosts"));
}

TEST(ContainsIgnoringCase, FindsTheWordAnywhere) {
  EXPECT_TRUE(contains_ignoring_case("x, CLOSE", "close"));
  EXPECT_TRUE(contains_ignoring_case("disclosed", "close"));
  EXPECT_FALSE(contains_ignoring_case("clos", "close"));
  EXPECT_FALSE(contains_ignoring_case("keep-alive", "close"));
}

}  // namespace
}  // namespace poolproof::runtime
