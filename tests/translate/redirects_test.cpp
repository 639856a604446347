#include "translate/redirects.h"

#include <gtest/gtest.h>

namespace poolproof::translate {
namespace {

std::string read(std::string_view text) {
  return RedirectText().add(text);
}

// The answers of nginx 1.22.1 to `rewrite ^ TEXT redirect`.
TEST(RedirectText, escapes_of_plain_bytes_are_taken_off) {
  EXPECT_EQ(read("/a%41%2f%20%25%C3"), "/aA/%20%25%C3");
}

TEST(RedirectText, what_is_no_escape_loses_its_percent_sign) {
  EXPECT_EQ(read("/a%zz%4-%41%"), "/azzA");
}

TEST(RedirectText, nothing_is_read_behind_a_question_mark) {
  EXPECT_EQ(read("/a?%41%zz"), "/a?%41%zz");
  EXPECT_EQ(read("/a%3f%41"), "/a?%41");
}

TEST(RedirectText, an_escape_may_go_on_in_the_next_piece) {
  RedirectText text;
  EXPECT_EQ(text.add("/a%4"), "/a");
  EXPECT_TRUE(text.is_open());
  EXPECT_EQ(text.add("1b"), "Ab");
  EXPECT_FALSE(text.is_open());
}

TEST(Redirects, addresses_and_paths) {
  EXPECT_TRUE(is_absolute("$scheme://a/"));
  EXPECT_FALSE(is_absolute("/a"));
  EXPECT_TRUE(may_be_path("$uri"));
  EXPECT_FALSE(may_be_path("${scheme}://a"));
  EXPECT_TRUE(is_redirect_code(308));
  EXPECT_FALSE(is_redirect_code(304));
}

}  // namespace
}  // namespace poolproof::translate
