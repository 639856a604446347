// Lines, columns and what is shown of them.
#include "grammar/base/source.h"

#include <gtest/gtest.h>

#include "grammar/base/diagnostic.h"
#include "grammar/base/utf8.h"

namespace poolproof {
namespace {

TEST(SourceText, CountsLinesAndColumnsFromOne) {
  const SourceText source("f", "ab\ncd\r\n\nx");
  EXPECT_EQ(source.line_count(), 4u);
  EXPECT_EQ(source.position(0), (LineColumn{1, 1}));
  EXPECT_EQ(source.position(2), (LineColumn{1, 3}));
  EXPECT_EQ(source.position(3), (LineColumn{2, 1}));
  EXPECT_EQ(source.position(8), (LineColumn{4, 1}));
  EXPECT_EQ(source.position(999), (LineColumn{4, 2}));
}

/// Long lines have marks; they must not show, wherever a question falls and in whatever order.
TEST(SourceText, CountsTheColumnsOfALongLineAsOfAShortOne) {
  std::string line;
  for (int i = 0; line.size() < 40'000; ++i) {
    line += i % 7 == 0    ? "\xe2\x82\xac"
            : i % 11 == 0 ? "\xf0\x9f\x98\x80"
            : i % 13 == 0 ? "\xa9"
                          : "x";
  }
  line += std::string(9'000, '\x80');  // nothing but ends of characters
  const SourceText source("f", "a\n" + line + "\n" + line);
  for (const std::uint32_t step : {977u, 48'001u, 4'097u}) {
    for (std::uint32_t i = 0, at = 0; i < 50; ++i, at = (at + step) % source.size()) {
      const std::uint32_t begin = source.line_begin(source.line_number(at));
      EXPECT_EQ(source.position(at).column,
                utf8_length(source.bytes().substr(begin, at - begin)) + 1)
          << at;
    }
  }
}

TEST(SourceText, GivesLinesWithoutTheirBreaks) {
  const SourceText source("f", "ab\ncd\r\n\nx");
  EXPECT_EQ(source.line(1), "ab");
  EXPECT_EQ(source.line(2), "cd");
  EXPECT_EQ(source.line(3), "");
  EXPECT_EQ(source.line(4), "x");
  EXPECT_EQ(source.line(0), "");
  EXPECT_EQ(source.line(5), "");
  EXPECT_EQ(source.line_begin(4), 8u);
  EXPECT_EQ(source.line_begin(9), source.size());
}

TEST(SourceText, CountsCodePointsAndBrokenBytesAsOneColumn) {
  const SourceText source("f", "\xc3\xa9\xe2\x82\xac\xff\tx");
  EXPECT_EQ(source.position(2).column, 2u);
  EXPECT_EQ(source.position(5).column, 3u);
  EXPECT_EQ(source.position(6).column, 4u);
  EXPECT_EQ(source.position(7).column, 5u);
}

TEST(SourceMap, KeepsFilesApart) {
  SourceMap sources;
  const FileId a = sources.add("a.conf", "one\ntwo");
  const FileId b = sources.add("b.conf", "");
  EXPECT_EQ(sources.text({a, 4, 7}), "two");
  EXPECT_EQ(sources.describe({a, 4, 7}), "a.conf:2");
  EXPECT_EQ(sources.describe({b, 0, 0}), "b.conf:1");
  EXPECT_EQ(sources.size(), 2u);
}

TEST(Utf8, TakesWellFormedSequencesOnly) {
  EXPECT_EQ(utf8_sequence_length("a"), 1u);
  EXPECT_EQ(utf8_sequence_length("\xf0\x9f\x98\x80"), 4u);
  for (const char* broken : {"\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                             "\xf5\x80\x80\x80", "\xe2\x82", "\xff"}) {
    EXPECT_EQ(utf8_sequence_length(broken), 0u);
  }
  EXPECT_EQ(utf8_sequence_length("\xc3\xbc\xc3\x9f"), 2u);
  EXPECT_EQ(utf8_length("gr\xc3\xbc\xff"), 4u);
}

TEST(Diagnostic, NamesAreAsReportsSpellThem) {
  EXPECT_EQ(to_string(Severity::kError), "error");
  EXPECT_EQ(to_string(Severity::kWarning), "warning");
  EXPECT_EQ(to_string(Severity::kInfo), "info");
  EXPECT_EQ(to_string(Applicability::kSafe), "safe");
  EXPECT_EQ(to_string(Applicability::kUnsafe), "unsafe");
  EXPECT_EQ(to_string(Applicability::kDisplayOnly), "display-only");
}

}  // namespace
}  // namespace poolproof
