// Formats that are found without being told.
#include "lint/sizing/log_guess.h"

#include <gtest/gtest.h>

namespace poolproof::lint {
namespace {

struct Sample {
  const char* name;
  std::vector<std::string_view> lines;
  std::vector<LogField> fields;  // all that are found
};
void PrintTo(const Sample& sample, std::ostream* out) {
  *out << sample.name;
}

class Guess : public testing::TestWithParam<Sample> {};

TEST_P(Guess, FindsTheFields) {
  const auto guessed = guess_log_format(GetParam().lines, {});
  ASSERT_TRUE(guessed);
  EXPECT_EQ(guessed->matched, GetParam().lines.size()) << guessed->format.text();
  for (std::size_t i = 0; i + 1 < kLogFieldCount; ++i) {
    const auto field = static_cast<LogField>(i);
    const auto& wanted = GetParam().fields;
    EXPECT_EQ(guessed->format.has(field),
              std::find(wanted.begin(), wanted.end(), field) != wanted.end())
        << variable_of(field) << " in " << guessed->format.text();
  }
}

constexpr auto kLocal = LogField::kTimeLocal;
constexpr auto kIso = LogField::kTimeIso8601;
constexpr auto kMsec = LogField::kMsec;
constexpr auto kRequest = LogField::kRequestTime;
constexpr auto kAddr = LogField::kUpstreamAddr;
constexpr auto kResponse = LogField::kUpstreamResponseTime;
constexpr auto kConnect = LogField::kUpstreamConnectTime;
constexpr auto kName = LogField::kUpstreamName;

INSTANTIATE_TEST_SUITE_P(
    Logs, Guess,
    testing::Values(
        Sample{"combined",
               {R"(10.1.2.3 - - [10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 12 "-" "curl")"},
               {kLocal}},
        Sample{
            "keys behind combined",
            {R"(10.1.2.3 - - [10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 12 "-" "curl" rt=0.005 uct="0.000" uht="0.004" urt="0.004" ua="10.0.0.1:80")",
             R"(10.1.2.3 - joe [10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 12 "http://a/" "Mozilla/5.0 X" rt=0.005 uct="0.000, 0.001" uht="-, 0.004" urt="0.001, 0.004" ua="10.0.0.1:80, 10.0.0.2:80")",
             R"(10.1.2.3 - - [10/Oct/2026:13:55:36 +0000] "GET /s HTTP/1.1" 200 12 "-" "curl" rt=0.000 uct="-" uht="-" urt="-" ua="-")"},
            {kLocal, kRequest, kConnect, kResponse, kAddr}},
        Sample{
            "values only",
            {R"(10.1.2.3 - - [10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 12 "-" "curl" 0.005 0.004 10.0.0.1:8080 .)",
             R"(10.1.2.3 - - [10/Oct/2026:13:55:37 +0000] "GET / HTTP/1.1" 200 12 "-" "curl" 0.005 0.001, 0.004 10.0.0.1:8080, 10.0.0.2:8080 .)",
             R"(10.1.2.3 - - [10/Oct/2026:13:55:37 +0000] "GET / HTTP/1.1" 304 0 "-" "curl" 0.000 - - .)"},
            {kLocal, kRequest, kResponse, kAddr}},
        Sample{
            "ingress-nginx",
            {R"(10.1.2.3 - - [10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 12 "-" "curl" 120 0.005 [default-web-80] [] 10.0.0.1:8080 12 0.004 200 0123abcd)"},
            {kLocal, kRequest, kResponse, kAddr, kName}},
        Sample{
            "JSON",
            {R"({"time":"2026-10-10T13:55:36+00:00","client":"10.1.2.3","request_time":0.005,"upstream_addr":"10.0.0.1:80","upstream_response_time":"0.004","upstream_connect_time":"0.000","ua":"a \"quoted\" agent"})",
             R"({"time":"2026-10-10T13:55:36+00:00","client":"10.1.2.3","request_time":0.000,"upstream_addr":"","upstream_response_time":"","upstream_connect_time":"","ua":""})"},
            {kIso, kRequest, kAddr, kResponse, kConnect}},
        Sample{
            "nested JSON with blanks",
            {R"({ "ts": 1700000000.123, "http": { "status": 200, "requestTime": "0.005" }, "upstream": { "addr": "x", "upstreamResponseTime": "0.004" } })"},
            {kMsec, kRequest, kResponse}},
        Sample{
            "key and value",
            {R"(ts=2026-10-10T13:55:36+00:00 status=200 rt=0.005 upstream=10.0.0.1:80 urt=0.001 agent="a b")",
             R"(ts=2026-10-10T13:55:36+00:00 status=200 rt=0.005 upstream=10.0.0.1:80, 10.0.0.2:80 urt=0.001, 0.002 agent="-")"},
            {kIso, kRequest, kAddr, kResponse}},
        Sample{"time without brackets",
               {"10.1.2.3 10/Oct/2026:13:55:36 +0000 10.0.0.1:80, 10.0.0.2:80 0.000, 0.001 0.002"},
               {kLocal, kAddr, kRequest, kResponse}},
        Sample{"tabs",
               {"1700000000.123\t10.1.2.3\t200\t0.005\t0.004\tunix:/run/app.sock"},
               {kMsec, kRequest, kResponse, kAddr}}));

TEST(GuessFormat, TheConfigurationsFormatWinsWhereItTellsMore) {
  const std::vector<std::string_view> lines = {"1700000000.000 0.100 0.090 10.0.0.1:80 77"};
  const auto guessed = guess_log_format(
      lines, {{"main", "$msec $request_time $upstream_response_time $upstream_addr $pid"},
              {"other", "$remote_addr $request"}});
  ASSERT_TRUE(guessed);
  EXPECT_EQ(guessed->name, "main");
  EXPECT_TRUE(guessed->format.has(LogField::kPid));
}

TEST(GuessFormat, ALineWithoutATimeGivesNone) {
  EXPECT_FALSE(guess_log_format({"nothing to see here"}, {}));
  EXPECT_FALSE(guess_log_format({}, {}));
  for (const char* line :
       {"", "{", "{\"", "\"", "[", "a=", "a:", "{\"a\":", ", : ", "a, ", "=", "\\"}) {
    EXPECT_EQ(format_of_line(line), std::nullopt) << line;
  }
}

TEST(GuessFormat, TheLongerDurationIsTheRequests) {
  const auto guessed = guess_log_format(
      {"1700000000.000 0.100 0.100", "1700000000.000 0.040 0.500", "1700000000.000 0.001 0.002"},
      {});
  ASSERT_TRUE(guessed);
  EXPECT_EQ(guessed->format.text(), "${msec} ${upstream_response_time} ${request_time}");
  const auto other = guess_log_format({"1700000000.000 0.500 0.040", "1700000000.000 0.1 0.1"}, {});
  ASSERT_TRUE(other);
  EXPECT_EQ(other->format.text(), "${msec} ${request_time} ${upstream_response_time}");
}

TEST(GuessFormat, TheFormatOfMostLinesIsTaken) {
  const auto guessed = guess_log_format(
      {"junk", "1700000000.000 rt=0.1", "1700000000.000 rt=0.2", "1700000000.000 [x] rt=0.2"}, {});
  ASSERT_TRUE(guessed);
  EXPECT_EQ(guessed->matched, 2U);
  EXPECT_EQ(guessed->format.text(), "${msec} rt=${request_time}");
}

}  // namespace
}  // namespace poolproof::lint
