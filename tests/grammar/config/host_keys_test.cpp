// Keys of tables of host names, as nginx 1.22.1 takes them.
#include "grammar/config/host_keys.h"

#include <gtest/gtest.h>

namespace poolproof {
namespace {

using enum HostKeys::Verdict;

HostKeys::Verdict second(std::string_view first, std::string_view then) {
  HostKeys keys;
  EXPECT_EQ(keys.add(first), kTaken) << first;
  return keys.add(then);
}

TEST(HostKeysTest, ANameWithADotIsTwoNames) {
  EXPECT_EQ(second(".a.b", "a.b"), kRepeated);
  EXPECT_EQ(second(".a.b", "*.a.b"), kRepeated);
  EXPECT_EQ(second("a.b", ".a.b"), kRepeated);
  EXPECT_EQ(second("a.b", "*.a.b"), kTaken);
}

TEST(HostKeysTest, CaseDoesNotCount) {
  EXPECT_EQ(second("a.b", "A.B"), kRepeated);
  EXPECT_EQ(second("a.*", "A.*"), kRepeated);
}

TEST(HostKeysTest, KnowsWhatIsNoName) {
  for (const auto* bad : {"a*b", "*.a.*", "a..b", "..b", "*", "*.", "*a.b", "a.*b"}) {
    EXPECT_EQ(HostKeys().add(bad), kBad) << bad;
    EXPECT_TRUE(HostKeys::is_bad(bad)) << bad;
  }
  for (const auto* good : {"", ".", ".*", "a.", "*.a", "a.*", ".a"}) {
    EXPECT_EQ(HostKeys().add(good), kTaken) << good;
    EXPECT_FALSE(HostKeys::is_bad(good)) << good;
  }
}

}  // namespace
}  // namespace poolproof
