// A log_format read backwards.
#include "lint/sizing/log_template.h"

#include <gtest/gtest.h>

namespace poolproof::lint {
namespace {

LogTemplate compiled(std::string_view format) {
  auto out = LogTemplate::compile(format);
  EXPECT_TRUE(out.ok()) << out.error().message;
  return std::move(out).value();
}

std::string_view value(const LogValues& values, LogField field) {
  return values[static_cast<std::size_t>(field)];
}

TEST(LogTemplate, EachVariableEndsWhereTheTextBehindItBegins) {
  const LogTemplate format = compiled("[$time_local] \"$request\" $status rt=$request_time");
  LogValues values;
  ASSERT_TRUE(format.scan("[10/Oct/2026:13:55:36 +0000] \"GET / HTTP/1.1\" 200 rt=0.123", values));
  EXPECT_EQ(value(values, LogField::kTimeLocal), "10/Oct/2026:13:55:36 +0000");
  EXPECT_EQ(value(values, LogField::kRequestTime), "0.123");
  EXPECT_EQ(value(values, LogField::kUpstreamAddr).data(), nullptr);
  EXPECT_TRUE(format.tells_time());
  EXPECT_TRUE(format.tells_duration());
}

TEST(LogTemplate, TimesMayHoldTheBlankThatEndsThem) {
  const LogTemplate format = compiled("$time_local $request_time");
  LogValues values;
  ASSERT_TRUE(format.scan("10/Oct/2026:13:55:36 +0000 0.5", values));
  EXPECT_EQ(value(values, LogField::kTimeLocal), "10/Oct/2026:13:55:36 +0000");
}

struct ListCase {
  const char* format;
  const char* line;
  const char* addresses;
  const char* times;
};
void PrintTo(const ListCase& list, std::ostream* out) {
  *out << list.line;
}

class ListsOfAttempts : public testing::TestWithParam<ListCase> {};

TEST_P(ListsOfAttempts, AreOneValue) {
  const ListCase& list = GetParam();
  LogValues values;
  ASSERT_TRUE(compiled(list.format).scan(list.line, values));
  EXPECT_EQ(value(values, LogField::kUpstreamAddr), list.addresses);
  EXPECT_EQ(value(values, LogField::kUpstreamResponseTime), list.times);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, ListsOfAttempts,
    testing::Values(ListCase{"$msec $upstream_addr $upstream_response_time $status",
                             "1.000 10.0.0.1:80, 10.0.0.2:80 : 10.0.1.1:80 0.001, - : 0.300 200",
                             "10.0.0.1:80, 10.0.0.2:80 : 10.0.1.1:80", "0.001, - : 0.300"},
                    ListCase{"$msec $upstream_addr $upstream_response_time",
                             "1.000 unix:/run/a.sock 0.001", "unix:/run/a.sock", "0.001"},
                    ListCase{"$msec $upstream_addr $upstream_response_time", "1.000 - -", "-", "-"},
                    ListCase{"$msec,$upstream_addr,$upstream_response_time,$status",
                             "1.000,10.0.0.1:80, 10.0.0.2:80,0.001, 0.002,200",
                             "10.0.0.1:80, 10.0.0.2:80", "0.001, 0.002"},
                    ListCase{"$msec \"$upstream_addr\" \"$upstream_response_time\"",
                             "1.000 \"[::1]:80, [::2]:80\" \"0.001, 0.002\"", "[::1]:80, [::2]:80",
                             "0.001, 0.002"}));

TEST(LogTemplate, AQuoteBehindABackslashIsPartOfTheValue) {
  const LogTemplate format = compiled("{\"ua\":\"$http_user_agent\",\"rt\":\"$request_time\"}");
  LogValues values;
  ASSERT_TRUE(format.scan(R"({"ua":"a\",\"rt\":\"9","rt":"0.1"})", values));
  EXPECT_EQ(value(values, LogField::kRequestTime), "0.1");
  ASSERT_TRUE(format.scan(R"({"ua":"a\\","rt":"0.2"})", values));
  EXPECT_EQ(value(values, LogField::kRequestTime), "0.2");
}

TEST(LogTemplate, WhatAnotherFormatWroteDoesNotMatch) {
  const LogTemplate format = compiled("a $msec b \"$request\" $request_time;");
  LogValues values;
  EXPECT_TRUE(format.scan("a 1.0 b \"GET\" 0.1;", values));
  for (const char* line : {"", "a", "a 1.0 b \"GET\" 0.1", "a 1.0 b \"GET\" 0.1; more",
                           "b 1.0 b \"GET\" 0.1;", "a 1.0 c \"GET\" 0.1;", "a 1.0 b \"GET"}) {
    EXPECT_FALSE(format.scan(line, values)) << line;
  }
}

TEST(LogTemplate, VariablesThatTouchAreAFaultOnlyIfOneIsNeeded) {
  EXPECT_TRUE(LogTemplate::compile("$scheme$host $msec").ok());
  EXPECT_TRUE(LogTemplate::compile("${msec}s").ok());
  EXPECT_FALSE(LogTemplate::compile("$host$request_time").ok());
  EXPECT_FALSE(LogTemplate::compile("$msec$host").ok());
  EXPECT_FALSE(LogTemplate::compile("no variable").ok());
  EXPECT_FALSE(LogTemplate::compile("$ $msec").ok());
}

TEST(LogTemplate, EveryFieldHasAVariable) {
  for (std::size_t i = 0; i + 1 < kLogFieldCount; ++i) {
    const auto field = static_cast<LogField>(i);
    EXPECT_EQ(log_field(variable_of(field).substr(1)), field);
  }
  EXPECT_EQ(log_field("proxy_upstream_name"), LogField::kUpstreamName);
  EXPECT_EQ(log_field("status"), LogField::kSkipped);
}

}  // namespace
}  // namespace poolproof::lint
