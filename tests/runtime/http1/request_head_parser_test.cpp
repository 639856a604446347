// Verdicts on request heads; the statuses are nginx 1.22.1's.
#include "runtime/http1/request_head_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace poolproof::runtime {
namespace {

struct Parsed {
  HeadStatus status = HeadStatus::kIncomplete;
  int error = 0;
  RequestHead head;
  std::string text;
  RequestHeadParser parser;

  explicit Parsed(std::string bytes, HeadLimits limits = {}) : text(std::move(bytes)) {
    status = parser.parse(text.data(), text.size(), limits, head);
    error = parser.error_status();
  }
};

TEST(RequestHeadParser, TakesAHeadApart) {
  Parsed p(
      "GET /a?b=c HTTP/1.1\r\nHost: x.example:80\r\nX-Empty:\r\nX-Spaces:   a b  \r\n\r\nrest");
  ASSERT_EQ(p.status, HeadStatus::kComplete);
  EXPECT_EQ(p.head.method, Method::kGet);
  EXPECT_EQ(p.head.line, "GET /a?b=c HTTP/1.1");
  EXPECT_EQ(p.head.target, "/a?b=c");
  EXPECT_EQ(p.head.version, 11);
  ASSERT_EQ(p.head.headers.size(), 3u);
  EXPECT_EQ(p.head.headers[0].value, "x.example:80");
  EXPECT_EQ(p.head.headers[1].value, "");
  EXPECT_EQ(p.head.headers[2].value, "a b");
  EXPECT_EQ(p.text.substr(p.parser.consumed()), "rest");
}

struct Case {
  const char* name;
  std::string text;
  int status;  // 0: accepted
};
class Verdicts : public testing::TestWithParam<Case> {};

TEST_P(Verdicts, AreNginxs) {
  const Parsed p(GetParam().text);
  EXPECT_EQ(p.status, GetParam().status == 0 ? HeadStatus::kComplete : HeadStatus::kBad);
  EXPECT_EQ(p.error, GetParam().status);
}

const std::string kHost = "Host: x\r\n";
INSTANTIATE_TEST_SUITE_P(
    RequestHeadParser, Verdicts,
    testing::Values(
        Case{"LfOnly", "GET / HTTP/1.1\nHost: x\n\n", 0},
        Case{"EmptyLinesFirst", "\r\n\r\nGET / HTTP/1.1\r\n" + kHost + "\r\n", 0},
        Case{"Http10WithoutHost", "GET / HTTP/1.0\r\n\r\n", 0},
        Case{"Absolute", "GET http://a.example:8/x HTTP/1.1\r\n" + kHost + "\r\n", 0},
        Case{"HighMinor", "GET / HTTP/1.2\r\n" + kHost + "\r\n", 0},
        Case{"SpacesBetween", "GET  /  HTTP/1.1\r\n" + kHost + "\r\n", 0},
        Case{"OwnMethod", "PURGE_X-Y / HTTP/1.1\r\n" + kHost + "\r\n", 0},
        Case{"LowerMethod", "get / HTTP/1.1\r\n" + kHost + "\r\n", 400},
        Case{"Http09", "GET /\r\n", 0}, Case{"Http09KnowsGetOnly", "HEAD /\r\n", 400},
        Case{"NoSlash", "GET *x HTTP/1.1\r\n" + kHost + "\r\n", 400},
        Case{"SpaceInTarget", "GET /a b HTTP/1.1\r\n" + kHost + "\r\n", 400},
        Case{"ControlInTarget", "GET /a\x01 HTTP/1.1\r\n" + kHost + "\r\n", 400},
        Case{"Version2", "GET / HTTP/2.0\r\n" + kHost + "\r\n", 505},
        Case{"NotHttp", "GET / FTP/1.1\r\n" + kHost + "\r\n", 400},
        Case{"Tls", std::string("\x16\x03\x01\x02\n", 5), 400},
        Case{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
        Case{"TwoHosts", "GET / HTTP/1.1\r\n" + kHost + kHost + "\r\n", 400},
        Case{"Folded", "GET / HTTP/1.1\r\n" + kHost + " folded\r\n\r\n", 400},
        Case{"SpaceBeforeColon", "GET / HTTP/1.1\r\n" + kHost + "A : b\r\n\r\n", 400},
        Case{"NoName", "GET / HTTP/1.1\r\n" + kHost + ": b\r\n\r\n", 400},
        Case{"NulInValue", std::string("GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n", 36), 400},
        Case{"BareCr", "GET / HTTP/1.1\r\n" + kHost + "A: b\rc\r\n\r\n", 400},
        Case{"TwoLengths",
             "GET / HTTP/1.1\r\n" + kHost + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400},
        Case{"BadLength", "GET / HTTP/1.1\r\n" + kHost + "Content-Length: +1\r\n\r\n", 400},
        Case{"HugeLength",
             "GET / HTTP/1.1\r\n" + kHost + "Content-Length: 99999999999999999999\r\n\r\n", 400},
        Case{"LengthAndChunked",
             "GET / HTTP/1.1\r\n" + kHost +
                 "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
             400},
        Case{"Http10Chunked", "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        Case{"OtherCoding", "GET / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: gzip\r\n\r\n", 501},
        Case{"TwoCodings",
             "GET / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
        Case{"TwoConditions",
             "GET / HTTP/1.1\r\n" + kHost + "If-None-Match: a\r\nIf-none-match: b\r\n\r\n", 400},
        Case{"OneOfEachCondition",
             "GET / HTTP/1.1\r\n" + kHost + "If-None-Match: a\r\nIf-Match: b\r\n\r\n", 0},
        Case{"TwoReferers", "GET / HTTP/1.1\r\n" + kHost + "Referer: a\r\nReferer: b\r\n\r\n", 0},
        Case{"Trace", "TRACE / HTTP/1.1\r\n" + kHost + "\r\n", 405},
        Case{"LongLine", "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n", 414},
        Case{"LongHeader",
             "GET / HTTP/1.1\r\n" + kHost + "A: " + std::string(9000, 'a') + "\r\n\r\n", 494}),
    [](const auto& instance) { return instance.param.name; });

TEST(RequestHeadParser, DropsNamesThatNginxIgnores) {
  const Parsed p("GET / HTTP/1.1\r\nHost: x\r\nA_B: 1\r\nA.B: 2\r\nA-B: 3\r\n\r\n");
  ASSERT_EQ(p.head.headers.size(), 2u);
  EXPECT_EQ(p.head.headers[1].name, "A-B");
  HeadLimits with;
  with.names.allow_underscores = true;
  EXPECT_EQ(Parsed(p.text, with).head.headers.size(), 3u);
}

TEST(RequestHeadParser, AnswersAtTheFirstWrongByteOfTheRequestLine) {
  EXPECT_EQ(Parsed("\x16\x03\x01").error, 400);
  EXPECT_EQ(Parsed("gE").error, 400);
  EXPECT_EQ(Parsed(" /").error, 400);
  EXPECT_EQ(Parsed("GE").status, HeadStatus::kIncomplete);
  for (const auto* wrong : {"GET /\x01", "GET / X", "GET / HTTP/1.1\rx", "GET a/", "GET http://h\r",
                            "GET / HTTP/x", "GET / HTTP/1.1 x"}) {
    EXPECT_EQ(Parsed(wrong).error, 400) << wrong;
  }
  EXPECT_EQ(Parsed("GET / HTTP/2").error, 505);
  const std::string_view line = "GET http://h:1/a?b HTTP/1.1\r\n";
  for (std::size_t size = 0; size <= line.size(); ++size) {
    EXPECT_EQ(Parsed(std::string(line.substr(0, size))).status, HeadStatus::kIncomplete) << size;
  }
}

TEST(RequestHeadParser, ALineThatIsNoneIsKnownAsFarAsItHasCome) {
  const Parsed bad("GET /a HTTQ/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(bad.head.line, "GET /a HTTQ/1.1");
  EXPECT_EQ(bad.head.method, Method::kGet);
  EXPECT_EQ(bad.head.method_name.data(), nullptr);
  EXPECT_NE(bad.head.protocol.data(), nullptr);
  EXPECT_EQ(Parsed("GET / HTTP/1.2 \r\n").head.protocol, "HTTP/1.2 ");
  EXPECT_EQ(Parsed("GET /\r\n").head.protocol.data(), nullptr);
}

TEST(RequestHeadParser, LooksAtTheFramingWhenTheHeadIsComplete) {
  const std::string head = "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n";
  EXPECT_EQ(Parsed(head).status, HeadStatus::kIncomplete);
  EXPECT_EQ(Parsed(head + "\r\n").error, 400);
  const std::string coded = "GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\nHost: x\r\n";
  EXPECT_EQ(Parsed(coded).status, HeadStatus::kIncomplete);
  EXPECT_EQ(Parsed(coded + "\r\n").error, 501);
}

TEST(RequestHeadParser, StopsAtHostSoThatTheServersRulesHoldFromThere) {
  const std::string text = "GET / HTTP/1.1\r\nA_A: 1\r\nHost: x\r\nB_B: 2\r\n\r\n";
  RequestHeadParser parser;
  RequestHead head;
  HeadLimits limits;
  limits.stops_at_host = true;
  ASSERT_EQ(parser.parse(text.data(), text.size(), limits, head), HeadStatus::kHost);
  EXPECT_EQ(parser.host(), "x");
  limits.names.allow_underscores = true;
  ASSERT_EQ(parser.parse(text.data(), text.size(), limits, head), HeadStatus::kComplete);
  ASSERT_EQ(head.headers.size(), 2u);
  EXPECT_EQ(head.headers[1].name, "B_B");
}

TEST(RequestHeadParser, StopsAtTheHostOfTheRequestLineFirst) {
  const std::string text = "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n";
  RequestHeadParser parser;
  RequestHead head;
  HeadLimits limits;
  limits.stops_at_host = true;
  ASSERT_EQ(parser.parse(text.data(), text.size(), limits, head), HeadStatus::kHost);
  EXPECT_EQ(parser.host(), "a");
  ASSERT_EQ(parser.parse(text.data(), text.size(), limits, head), HeadStatus::kHost);
  EXPECT_EQ(parser.host(), "b");
  EXPECT_EQ(parser.parse(text.data(), text.size(), limits, head), HeadStatus::kComplete);
}

TEST(RequestHeadParser, CountsBuffersIntoWhichLinesFit) {
  const auto head_with = [](std::size_t lines, std::size_t length) {
    std::string text = "GET / HTTP/1.1\r\nHost: x\r\n";
    for (std::size_t i = 0; i < lines; ++i) text += "A: " + std::string(length - 5, 'a') + "\r\n";
    return text + "\r\n";
  };
  EXPECT_EQ(Parsed(head_with(1, 8192)).error, 0);
  EXPECT_EQ(Parsed(head_with(1, 8193)).error, 494);
  EXPECT_EQ(Parsed(head_with(4, 5000)).error, 0);    // each has a buffer of its own
  EXPECT_EQ(Parsed(head_with(5, 5000)).error, 494);  // though 25000 bytes are less than 4 * 8192
  EXPECT_EQ(Parsed(head_with(8, 4096)).error, 494);  // the blank line finds no room
  EXPECT_EQ(Parsed(head_with(8, 4095)).error, 0);
}

TEST(RequestHeadParser, CountsTheLinesThatItTakes) {
  HeadLimits limits;
  limits.lines = 3;
  const std::string begin = "GET / HTTP/1.1\r\nHost: x\r\nA: 1\r\n";
  EXPECT_EQ(Parsed(begin + "B: 1\r\n\r\n", limits).error, 0);
  EXPECT_EQ(Parsed(begin + "B_b: 1\r\nC_c: 1\r\nB: 1\r\n\r\n", limits).error, 0);  // dropped
  const Parsed more(begin + "B: 1\r\nHost: x\r\n", limits);  // before it is seen to be there twice
  EXPECT_EQ(more.error, 494);
  EXPECT_EQ(more.parser.error(), "client sent too many header lines");
  limits.lines = 0;
  EXPECT_EQ(Parsed("GET / HTTP/1.0\r\n\r\n", limits).error, 0);
  EXPECT_EQ(Parsed("GET / HTTP/1.0\r\nA: 1\r\n\r\n", limits).error, 494);
}

TEST(RequestHeadParser, GivesTheSameByteByByteInMovingMemory) {
  const std::string text =
      "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n";
  RequestHeadParser parser;
  RequestHead head;
  std::string last;
  HeadStatus status = HeadStatus::kIncomplete;
  for (std::size_t size = 1; size <= text.size(); ++size) {
    std::string moved = text.substr(0, size);
    status = parser.parse(moved.data(), size, {}, head);
    EXPECT_EQ(status == HeadStatus::kComplete, size == text.size()) << size;
    last.swap(moved);
  }
  EXPECT_EQ(head.target, "/p");
  EXPECT_EQ(head.headers[0].value, "h");
  EXPECT_EQ(head.content_length, 12);
  EXPECT_TRUE(parser.expects_continue());
}

TEST(RequestHeadParser, KnowsWhatTheClientWantsOfTheConnection) {
  EXPECT_TRUE(
      Parsed("GET / HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n").parser.connection_close());
  EXPECT_TRUE(
      Parsed("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").parser.connection_keep_alive());
}

}  // namespace
}  // namespace poolproof::runtime
