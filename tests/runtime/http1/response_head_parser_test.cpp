// Response heads as nginx's proxy module reads them.
#include "runtime/http1/response_head_parser.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <utility>

namespace poolproof::runtime {
namespace {

TEST(ResponseHeadParser, TakesAHeadApart) {
  const std::string text = "HTTP/1.1 404 Not There\r\nContent-Length: 7\r\nX_Y.Z: kept\r\n\r\nbody";
  ResponseHeadParser parser;
  ASSERT_EQ(parser.parse(text.data(), text.size()), ResponseHeadStatus::kComplete);
  EXPECT_EQ(parser.head().status, 404);
  EXPECT_EQ(parser.head().status_text, "404 Not There");
  EXPECT_EQ(parser.head().content_length, 7);
  EXPECT_EQ(parser.head().headers.size(), 2u);
  EXPECT_FALSE(parser.head().connection_close);
  EXPECT_EQ(text.substr(parser.consumed()), "body");
}

TEST(ResponseHeadParser, WithoutStatusLineAllIsBody) {
  ResponseHeadParser parser;
  ASSERT_EQ(parser.parse("hello", 5), ResponseHeadStatus::kComplete);
  EXPECT_EQ(parser.head().version, 9);
  EXPECT_EQ(parser.consumed(), 0u);
  EXPECT_TRUE(parser.head().connection_close);
}

TEST(ResponseHeadParser, ACrWithinTheStatusTextIsNoStatusLine) {
  const std::string text = "HTTP/1.1 200 O\rX: y\r\n\r\n";
  ResponseHeadParser parser;
  ASSERT_EQ(parser.parse(text.data(), text.size()), ResponseHeadStatus::kComplete);
  EXPECT_EQ(parser.head().version, 9);
}

TEST(ResponseHeadParser, OnlyHttp11IsKept) {
  for (const auto& [text, closes] :
       {std::pair{"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", true},
        std::pair{"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", true},
        std::pair{"HTTP/1.1 200 OK\r\n\r\n", false}}) {
    ResponseHeadParser parser;
    ASSERT_EQ(parser.parse(text, std::strlen(text)), ResponseHeadStatus::kComplete);
    EXPECT_EQ(parser.head().connection_close, closes) << text;
  }
}

TEST(ResponseHeadParser, RefusesWhatHasTwoMeanings) {
  for (const std::string line :
       {"Content-Length: 1\r\nContent-Length: 2\r\n", "Content-Length: x\r\n",
        "Transfer-Encoding: gzip\r\n", " folded\r\n", "A b: c\r\n"}) {
    const std::string text = "HTTP/1.1 200 OK\r\n" + line + "\r\n";
    ResponseHeadParser parser;
    EXPECT_EQ(parser.parse(text.data(), text.size()), ResponseHeadStatus::kInvalid) << line;
    EXPECT_FALSE(parser.error().empty());
  }
}

TEST(ResponseHeadParser, RefusesALengthBesideChunkedInEitherOrder) {
  for (const std::string lines : {"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
                                  "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"}) {
    const std::string text = "HTTP/1.1 200 OK\r\n" + lines + "\r\n";
    ResponseHeadParser parser;
    EXPECT_EQ(parser.parse(text.data(), text.size()), ResponseHeadStatus::kInvalid) << lines;
  }
}

struct LenientCase {
  std::string lines;
  std::int64_t length;
  bool chunked;
};

TEST(ResponseHeadParser, TookAllOfThatBeforeNginx123) {
  for (const LenientCase& each :
       {LenientCase{"Content-Length: 1\r\nContent-Length: 2\r\n", 2, false},
        LenientCase{"Content-Length: x\r\n", -1, false},
        LenientCase{"Content-Length: -1\r\n", -1, false},
        LenientCase{"Content-Length: 99999999999999999999\r\n", -1, false},
        LenientCase{"Content-Length:\r\n", -1, false},
        LenientCase{"Transfer-Encoding: identity\r\n", -1, false},
        LenientCase{"Transfer-Encoding: gzip, Chunked\r\n", -1, true}}) {
    const std::string text = "HTTP/1.1 200 OK\r\n" + each.lines + "\r\n";
    ResponseHeadParser parser;
    parser.reset(FramingRules::kLenient);
    ASSERT_EQ(parser.parse(text.data(), text.size()), ResponseHeadStatus::kComplete) << each.lines;
    EXPECT_EQ(parser.head().content_length, each.length) << each.lines;
    EXPECT_EQ(parser.head().chunked, each.chunked) << each.lines;
  }
}

TEST(ResponseHeadParser, WaitsForTheWholeHead) {
  const std::string text = "HTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\n\r\n";
  ResponseHeadParser parser;
  for (std::size_t size = 1; size < text.size(); ++size) {
    ASSERT_EQ(parser.parse(text.data(), size), ResponseHeadStatus::kIncomplete) << size;
  }
  EXPECT_EQ(parser.parse(text.data(), text.size()), ResponseHeadStatus::kComplete);
  EXPECT_TRUE(parser.head().chunked);
}

}  // namespace
}  // namespace poolproof::runtime
