// The marker must stand under the place whatever the line holds.
#include "cli/report/excerpt.h"

#include <gtest/gtest.h>

namespace poolproof::cli {
namespace {

Excerpt excerpt(std::string text, std::string_view place, unsigned width = 100) {
  const auto begin = static_cast<std::uint32_t>(text.find(place));
  const SourceText source("t.conf", std::move(text));
  const auto end = begin + static_cast<std::uint32_t>(place.size());
  return excerpt_of(source, {FileId{0}, begin, end}, width);
}

TEST(Excerpt, MarksTheWholePlace) {
  const Excerpt shown = excerpt("http {\n  keepalive 0;\n}\n", "keepalive 0;");
  EXPECT_EQ(shown.line, "  keepalive 0;");
  EXPECT_EQ(shown.marker, "  ^~~~~~~~~~~~");
}

TEST(Excerpt, TabsGoToTheNextMultipleOfFour) {
  const Excerpt shown = excerpt("\ta\tlisten 80;", "listen");
  EXPECT_EQ(shown.line, "    a   listen 80;");
  EXPECT_EQ(shown.marker, "        ^~~~~~");
}

TEST(Excerpt, WideCharactersTakeTwoColumns) {
  const Excerpt shown = excerpt("# 漢字 x；", "；");
  EXPECT_EQ(shown.line, "# 漢字 x；");
  EXPECT_EQ(shown.marker, "        ^~");
}

TEST(Excerpt, CombiningMarksTakeNone) {
  EXPECT_EQ(excerpt("e\xCC\x81 x;", "x").marker, "  ^");
}

TEST(Excerpt, BytesThatAreNotUtf8AndControlsAreReplaced) {
  const Excerpt shown = excerpt("a\xff\x1b[31m b;", "b");
  EXPECT_EQ(shown.line, "a��[31m b;");
  EXPECT_EQ(shown.marker, "        ^");
}

TEST(Excerpt, AnEmptyPlaceHasOneCaretAlsoBehindTheEnd) {
  const SourceText source("t.conf", "ab");
  const Excerpt shown = excerpt_of(source, {FileId{0}, 2, 2}, 80);
  EXPECT_EQ(shown.line, "ab");
  EXPECT_EQ(shown.marker, "  ^");
}

TEST(Excerpt, APlaceOverSeveralLinesIsMarkedToTheEndOfItsFirst) {
  EXPECT_EQ(excerpt("a {\n  b;\n}\n", "a {\n  b;\n}").marker, "^~~");
}

TEST(Excerpt, LongLinesAreCutOnBothSides) {
  const Excerpt shown =
      excerpt(std::string(300, 'x') + " here; " + std::string(300, 'y'), "here;", 40);
  EXPECT_LE(display_width(shown.line), 40u);
  EXPECT_TRUE(shown.line.starts_with("…")) << shown.line;
  EXPECT_TRUE(shown.line.ends_with("…")) << shown.line;
  const std::size_t caret = shown.marker.find('^');
  EXPECT_EQ(shown.line.substr(caret + std::string("…").size() - 1, 5), "here;");
}

TEST(Excerpt, ALineOfMegabytesIsLookedAtLocally) {
  const Excerpt shown =
      excerpt(std::string(8 << 20, 'x') + "!" + std::string(8 << 20, 'y'), "!", 80);
  EXPECT_LE(display_width(shown.line), 80u);
  EXPECT_NE(shown.line.find('!'), std::string::npos);
}

}  // namespace
}  // namespace poolproof::cli
