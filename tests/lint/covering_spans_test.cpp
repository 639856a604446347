// Which spans cover a place, held against asking each of them.
#include "lint/covering_spans.h"

#include <gtest/gtest.h>

#include <random>

namespace poolproof::test {
namespace {

std::vector<std::size_t> asked_one_by_one(const std::vector<SourceSpan>& spans, SourceSpan place) {
  std::vector<std::size_t> out;
  for (std::size_t i = spans.size(); i-- > 0;) {
    const SourceSpan& span = spans[i];
    if (span.file == place.file && span.begin <= place.begin && place.begin < span.end) {
      out.push_back(i);
    }
  }
  return out;
}

TEST(CoveringSpans, of_none_is_nothing) {
  EXPECT_TRUE(lint::CoveringSpans().around({FileId{0}, 1, 2}).empty());
  EXPECT_TRUE(lint::CoveringSpans(std::vector<SourceSpan>{}).around({FileId{0}, 1, 2}).empty());
}

/// Nested, equal, empty and overlapping ones, in two files.
TEST(CoveringSpans, are_those_that_hold_the_place) {
  std::minstd_rand random(11);
  for (int round = 0; round < 300; ++round) {
    std::vector<SourceSpan> spans;
    for (int i = 0; i < 15; ++i) {
      const auto begin = static_cast<std::uint32_t>(random() % 20);
      spans.push_back({FileId{static_cast<std::uint32_t>(random() % 2)}, begin,
                       begin + static_cast<std::uint32_t>(random() % 10)});
    }
    const lint::CoveringSpans covering(spans);
    for (std::uint32_t at = 0; at < 32; ++at) {
      const SourceSpan place{FileId{at % 2}, at / 2, at};
      EXPECT_EQ(covering.around(place), asked_one_by_one(spans, place));
    }
  }
}

}  // namespace
}  // namespace poolproof::test
