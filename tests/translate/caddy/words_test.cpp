#include "translate/caddy/words.h"

#include <gtest/gtest.h>

namespace poolproof::translate::caddy {
namespace {

TEST(CaddyWords, are_quoted_where_they_have_to_be) {
  EXPECT_EQ(word("/a/b"), "/a/b");
  EXPECT_EQ(word("{http.request.host}"), "{http.request.host}");
  EXPECT_EQ(word(""), "``");
  EXPECT_EQ(word("a b"), "`a b`");
  EXPECT_EQ(word("#a"), "`#a`");
  EXPECT_EQ(word("{"), "`{`");
  EXPECT_EQ(word("two\nlines"), "`two\nlines`");
  EXPECT_EQ(word("a `b` \"c\""), "\"a `b` \\\"c\\\"\"");
}

TEST(CaddyWords, texts_have_no_placeholders) {
  EXPECT_EQ(literal("a{b}c"), "a\\{b\\}c");
}

TEST(CaddyPatterns, keep_what_both_read_alike) {
  EXPECT_EQ(go_pattern("^/a(?:b|c)\\.php$", false), "^/a(?:b|c)\\.php$");
  EXPECT_EQ(go_pattern("\\.(gif|jpe?g)$", true), "(?i)\\.(gif|jpe?g)$");
  EXPECT_EQ(go_pattern("^/(?<name>\\w+)$", false), "^/(?P<name>\\w+)$");
  EXPECT_EQ(go_pattern("[]a]", false), "[\\]a]");
  EXPECT_EQ(go_pattern("x{2,3}", false), "x{2,3}");
}

TEST(CaddyPatterns, refuse_what_go_does_not_have) {
  for (const char* pattern :
       {"(?=a)", "(?!a)", "(?<=a)b", "(?<!a)b", "(a)\\1", "a++", "(?>a)", "\\Qa\\E", "\\R",
        "a{2000}", "(*UTF8)a", "[[:alpha:]]", "\\h", "\\"}) {
    EXPECT_EQ(go_pattern(pattern, false), std::nullopt) << pattern;
  }
}

TEST(CaddyPatterns, texts_are_themselves) {
  EXPECT_EQ(quoted_pattern("/a.b(c)"), "/a\\.b\\(c\\)");
}

TEST(CaddyWords, times) {
  EXPECT_EQ(time_text(std::chrono::milliseconds{60'000}), "60s");
  EXPECT_EQ(time_text(std::chrono::milliseconds{1'500}), "1500ms");
}

TEST(CaddyWords, comments_stay_comments) {
  EXPECT_EQ(comment_text("a\nb {$HOME}"), "a?b ($HOME}");
}

}  // namespace
}  // namespace poolproof::translate::caddy
