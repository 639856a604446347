// nginx's expressions as RE2's, which have to match the whole text.
#include "translate/envoy/pattern.h"

#include <gtest/gtest.h>

namespace poolproof::translate::envoy {
namespace {

struct Pattern {
  const char* nginx;
  const char* whole;  // null: RE2 has no such thing
};

class EnvoyPatterns : public ::testing::TestWithParam<Pattern> {};

TEST_P(EnvoyPatterns, match_the_whole_path) {
  const auto whole = whole_pattern(GetParam().nginx, Subject::kPath, false);
  if (GetParam().whole == nullptr) {
    EXPECT_EQ(whole, std::nullopt) << GetParam().nginx;
  } else {
    EXPECT_EQ(whole, GetParam().whole) << GetParam().nginx;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, EnvoyPatterns,
    ::testing::Values(Pattern{"^/a$", "/a"}, Pattern{"^/a", "/a.*"}, Pattern{"a", ".*a.*"},
                      Pattern{R"(\.php$)", R"(.*\.php)"}, Pattern{R"(a\$)", R"(.*a\$.*)"},
                      Pattern{"^/a|b$", ".*(?:^/a|b$).*"}, Pattern{"(?<n>x)", ".*(?P<n>x).*"},
                      Pattern{"a{2,3}", ".*a{2,3}.*"}, Pattern{"a{x", ".*a\\{x.*"},
                      Pattern{"[^/]+", ".*[^/]+.*"}, Pattern{"(?=a)", nullptr},
                      Pattern{"(?<!a)", nullptr}, Pattern{R"((a)\1)", nullptr},
                      Pattern{"a++", nullptr}, Pattern{"(?>a)", nullptr},
                      Pattern{"a{2000}", nullptr}, Pattern{"[a", nullptr}));

TEST(EnvoyPattern, looks_past_the_query_and_the_port) {
  EXPECT_EQ(whole_pattern("^/a$", Subject::kPathAndQuery, true), "(?i)/a(?:\\?.*)?");
  EXPECT_EQ(whole_pattern("^/a.b", Subject::kPathAndQuery, false), "/a[^?]b[^?]*(?:\\?.*)?");
  EXPECT_EQ(whole_pattern("^www\\.", Subject::kHost, true), "(?i)www\\..*(?::[0-9]+)?");
}

TEST(EnvoyPattern, is_anchored_where_parts_are_looked_for) {
  EXPECT_EQ(anchored("/a(.*)"), "^/a(.*)$");
}

}  // namespace
}  // namespace poolproof::translate::envoy
