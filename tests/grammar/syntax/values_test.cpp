// Which texts nginx 1.22.1 takes for a size, a time and so on, and what they mean; the verdicts
// were tried on it.
#include "grammar/syntax/values.h"

#include <gtest/gtest.h>

#include "grammar/syntax/word_value.h"

namespace poolproof {
namespace {

TEST(Flag, IsOnOrOffInAnyCase) {
  EXPECT_EQ(parse_flag("on"), true);
  EXPECT_EQ(parse_flag("OFF"), false);
  for (const char* text : {"", "o", "onn", "yes", "1", "on "})
    EXPECT_EQ(parse_flag(text), std::nullopt);
}

TEST(Number, IsDigitsThatFit) {
  EXPECT_EQ(parse_number("0"), 0);
  EXPECT_EQ(parse_number("007"), 7);
  EXPECT_EQ(parse_number("9223372036854775807"), 9223372036854775807);
  for (const char* text : {"", "-1", "+1", "1k", " 1", "0x1", "9223372036854775808"}) {
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
  }
}

TEST(Size, HasTwoUnits) {
  EXPECT_EQ(parse_size("512"), 512);
  EXPECT_EQ(parse_size("8k"), 8192);
  EXPECT_EQ(parse_size("8K"), 8192);
  EXPECT_EQ(parse_size("1m"), 1 << 20);
  EXPECT_EQ(parse_size("1M"), 1 << 20);
  for (const char* text : {"", "k", "1g", "1kb", "1 k", "-1", "1.5m", "9223372036854775807k"}) {
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
  }
}

TEST(Offset, HasGigabytesToo) {
  EXPECT_EQ(parse_offset("2g"), std::int64_t{2} << 30);
  EXPECT_EQ(parse_offset("2G"), std::int64_t{2} << 30);
  EXPECT_EQ(parse_offset("3m"), 3 << 20);
  EXPECT_EQ(parse_offset("g"), std::nullopt);
  EXPECT_EQ(parse_offset("1t"), std::nullopt);
}

struct TimeCase {
  const char* text;
  std::int64_t value;  // -1: refused
};

TEST(Time, IsInMilliseconds) {
  const TimeCase cases[] = {
      {"0", 0},
      {"30", 30'000},
      {"30s", 30'000},
      {"500ms", 500},
      {"1h 30m", 5'400'000},
      {"1h30m", 5'400'000},
      {"1d", 86'400'000},
      {"1w", 604'800'000},
      {"1m 1s 1ms", 61'001},
      {"1m5", 65'000},
      {"h1", 1'000},
      {"1y", -1},
      {"1M", -1},
      {"1s 1m", -1},
      {"1s1s", -1},
      {"", -1},
      {"s", -1},
      {"-1", -1},
      {"1.5s", -1},
      {"1S", -1},
      {" 1", 1'000},
      {"1x", -1},
      {"9223372036854775807", -1},
  };
  for (const TimeCase& test : cases) {
    const auto time = parse_time(test.text);
    EXPECT_EQ(time ? time->count() : -1, test.value) << test.text;
  }
}

TEST(Seconds, HaveYearsAndMonthsButNoMilliseconds) {
  const TimeCase cases[] = {
      {"30", 30},    {"1y", 31'536'000}, {"1M", 2'592'000}, {"1y 1M 1w 1d 1h 1m 1s", 34'822'861},
      {"500ms", -1}, {"1M 1y", -1},      {"1y1y", -1},      {"", -1},
  };
  for (const TimeCase& test : cases) {
    const auto time = parse_seconds(test.text);
    EXPECT_EQ(time ? time->count() : -1, test.value) << test.text;
  }
}

std::string pieces(std::string_view text) {
  const auto split = split_variables(text);
  if (!split) return "invalid";
  std::string out;
  for (const TextPiece& piece : *split) {
    out += piece.is_variable ? "<" + std::string(piece.text) + ">" : std::string(piece.text) + "|";
  }
  return out;
}

TEST(Variables, AreSplitOff) {
  EXPECT_EQ(pieces(""), "");
  EXPECT_EQ(pieces("plain"), "plain|");
  EXPECT_EQ(pieces("a${b}c$d"), "a|<b>c|<d>");
  EXPECT_EQ(pieces("$a$b"), "<a><b>");
  EXPECT_EQ(pieces("$host:$server_port/"), "<host>:|<server_port>/|");
  EXPECT_EQ(pieces("$10"), "<1>0|");
  EXPECT_EQ(pieces("${1}0"), "<1>0|");
  EXPECT_EQ(pieces("$1a"), "<1>a|");
  for (const char* text : {"$", "a$", "$-", "${", "${}", "${a", "${a-b}", "$$", "$ "}) {
    EXPECT_EQ(pieces(text), "invalid") << text;
  }
  EXPECT_TRUE(has_variables("a$b"));
  EXPECT_FALSE(has_variables("ab"));
}

TEST(Escapes, AreDecodedOnceFromTheLeft) {
  EXPECT_EQ(decode_escapes(R"(a\"b\'c\\d)"), R"(a"b'c\d)");
  EXPECT_EQ(decode_escapes(R"(\t\n\r)"), "\t\n\r");
  EXPECT_EQ(decode_escapes(R"(\\n)"), R"(\n)");
  EXPECT_EQ(decode_escapes(R"(\.\d\$\;)"), R"(\.\d\$\;)");
  EXPECT_EQ(decode_escapes("a\\"), "a\\");
}

}  // namespace
}  // namespace poolproof
