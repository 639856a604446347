// Lines of repaired texts are led back to the file that the user has.
#include "lint/line_origins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace poolproof::lint {
namespace {

using testing::ElementsAre;

TextEdit edit(std::uint32_t begin, std::uint32_t end, std::string text) {
  return {.span = {FileId{}, begin, end}, .replacement = std::move(text)};
}

std::vector<std::size_t> first(const LineOrigins& origins, std::size_t count) {
  std::vector<std::size_t> out;
  for (std::size_t line = 1; line <= count; ++line) out.push_back(origins.of(line));
  return out;
}

TEST(LineOrigins, are_the_lines_themselves_before_any_edit) {
  EXPECT_THAT(first({}, 3), ElementsAre(1, 2, 3));
}

TEST(LineOrigins, skip_what_was_inserted_and_removed) {
  LineOrigins origins;
  const std::vector edits{edit(1, 1, "\nx\ny"), edit(4, 6, "")};
  origins.edited("a\nb\nc\nd\n", edits);  // now a x y b d
  EXPECT_THAT(first(origins, 5), ElementsAre(1, 1, 1, 2, 4));
}

TEST(LineOrigins, go_back_over_several_rounds) {
  LineOrigins origins;
  origins.edited("a\nb\nc\n", std::vector{edit(0, 0, "x\n")});     // now x a b c
  origins.edited("x\na\nb\nc\n", std::vector{edit(5, 5, "\ny")});  // now x a b y c
  EXPECT_THAT(first(origins, 5), ElementsAre(1, 1, 2, 2, 3));
}

}  // namespace
}  // namespace poolproof::lint
