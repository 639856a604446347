// The chunked coding, in one piece and in every cut.
#include "runtime/http1/chunked.h"

#include <gtest/gtest.h>

#include <string>

namespace poolproof::runtime {
namespace {

using Status = ChunkedDecoder::Status;

struct Outcome {
  Status status = Status::kMore;
  std::string body;
  std::size_t consumed = 0;
};
Outcome decode(const std::string& text, std::size_t step) {
  ChunkedDecoder decoder;
  Outcome outcome;
  for (std::size_t at = 0; at < text.size() && outcome.status == Status::kMore; at += step) {
    std::string part = text.substr(at, step);
    const auto result = decoder.decode(part);
    outcome.body += result.body;
    outcome.consumed += result.consumed;
    outcome.status = result.status;
  }
  return outcome;
}

TEST(ChunkedDecoder, DecodesInEveryCut) {
  const std::string text =
      "4\r\nWiki\r\n5;x=y\r\npedia\r\nE\r\n in\r\n\r\nchunks.\r\n0\r\nTrailer: t\r\n\r\n";
  for (std::size_t step = 1; step <= text.size() + 4; ++step) {
    const Outcome outcome = decode(text + "NEXT", step);
    EXPECT_EQ(outcome.status, Status::kEnd) << step;
    EXPECT_EQ(outcome.body, "Wikipedia in\r\n\r\nchunks.") << step;
    EXPECT_EQ(outcome.consumed, text.size()) << step;
  }
}

TEST(ChunkedDecoder, TakesBareLineFeeds) {
  EXPECT_EQ(decode("3\nabc\n0\n\n", 100).body, "abc");
  EXPECT_EQ(decode("3\nabc\n0\n\n", 100).status, Status::kEnd);
}

TEST(ChunkedDecoder, RefusesWhatIsNotChunked) {
  for (const char* text : {"x\r\n", "\r\n", "3\r\nabcd\r\n", "fffffffffffffffff\r\n", "3\rabc",
                           "-1\r\n", "0\r\n\r&", "0\rx", "0\r\nT: a\rx"}) {
    EXPECT_EQ(decode(text, 100).status, Status::kInvalid) << text;
  }
}

TEST(ChunkedDecoder, EndsEndlessTrailers) {
  EXPECT_EQ(decode("0\r\n" + std::string(100'000, 'a'), 4096).status, Status::kInvalid);
}

TEST(WriteChunkSize, WritesHexadecimal) {
  char line[20];
  EXPECT_EQ(std::string(line, write_chunk_size(0x1fa0, line)), "1fa0\r\n");
  EXPECT_EQ(std::string(line, write_chunk_size(0, line)), "0\r\n");
  EXPECT_EQ(write_chunk_size(~0ull, line), 18u);
}

}  // namespace
}  // namespace poolproof::runtime
