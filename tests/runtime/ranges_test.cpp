// The Range field: what is read, what is ignored, what cannot be satisfied. Each verdict was seen
// with nginx 1.22.1 (differential.wire_static compares them).
#include "runtime/ranges.h"

#include <gmock/gmock.h>

namespace poolproof::runtime {
namespace {

using testing::ElementsAre;

constexpr std::uint64_t kMany = 0x7fffffff;

MATCHER_P2(Spans, begin, end, "") {
  return arg.begin == begin && arg.end == end;
}

TEST(Ranges, ReadsOneAndSeveral) {
  std::vector<ByteRange> ranges;
  EXPECT_EQ(parse_ranges("bytes=2-4", 10, kMany, ranges), RangeVerdict::kOk);
  EXPECT_THAT(ranges, ElementsAre(Spans(2, 5)));
  EXPECT_EQ(parse_ranges("bytes=0-1 , 20-30, -3", 10, kMany, ranges), RangeVerdict::kOk);
  EXPECT_THAT(ranges, ElementsAre(Spans(0, 2), Spans(7, 10)));
}

TEST(Ranges, IgnoresMoreBytesThanThereAre) {
  std::vector<ByteRange> ranges;
  EXPECT_EQ(parse_ranges("bytes=0-4,5-9", 10, kMany, ranges), RangeVerdict::kOk);
  EXPECT_EQ(parse_ranges("bytes=0-5,5-9", 10, kMany, ranges), RangeVerdict::kIgnore);
  EXPECT_EQ(parse_ranges("bytes=0-5,5-9,x", 10, kMany, ranges), RangeVerdict::kUnsatisfiable);
}

TEST(Ranges, CountsOnlyThoseThatFit) {
  std::vector<ByteRange> ranges;
  EXPECT_EQ(parse_ranges("bytes=20-30,0-0,21-22,1-1", 10, 2, ranges), RangeVerdict::kOk);
  EXPECT_EQ(parse_ranges("bytes=0-0,1-1,2-2", 10, 2, ranges), RangeVerdict::kIgnore);
  EXPECT_EQ(parse_ranges("bytes=0-0,1-1,2-2,x", 10, 2, ranges), RangeVerdict::kIgnore);
}

TEST(Ranges, RefusesWhatFitsNowhere) {
  std::vector<ByteRange> ranges;
  EXPECT_EQ(parse_ranges("bytes=10-", 10, kMany, ranges), RangeVerdict::kUnsatisfiable);
  EXPECT_EQ(parse_ranges("bytes=0-1,99999999999999999999-", 10, kMany, ranges),
            RangeVerdict::kUnsatisfiable);
  EXPECT_EQ(parse_ranges("lines=0-1", 10, kMany, ranges), RangeVerdict::kIgnore);
}

TEST(Ranges, MakesABodyOfSeveralParts) {
  const MultipartBody body = make_multipart_body({{0, 2}, {4, 5}}, 10, "text/plain", 7);
  EXPECT_EQ(body.type, "multipart/byteranges; boundary=00000000000000000007");
  ASSERT_EQ(body.heads.size(), 2u);
  EXPECT_EQ(body.heads[1],
            "\r\n--00000000000000000007\r\nContent-Type: text/plain\r\n"
            "Content-Range: bytes 4-4/10\r\n\r\n");
  EXPECT_EQ(body.end, "\r\n--00000000000000000007--\r\n");
  EXPECT_EQ(body.size, static_cast<std::int64_t>(body.heads[0].size() + 2 + body.heads[1].size() +
                                                 1 + body.end.size()));
}

TEST(Ranges, NamesNoTypeWhereThereIsNone) {
  EXPECT_EQ(make_multipart_body({{0, 1}}, 1, "", 1).heads.front(),
            "\r\n--00000000000000000001\r\nContent-Range: bytes 0-0/1\r\n\r\n");
}

}  // namespace
}  // namespace poolproof::runtime
