// Times and lists as nginx writes them.
#include "lint/sizing/log_record.h"

#include <gtest/gtest.h>

namespace poolproof::lint {
namespace {

constexpr const char* kFormat =
    "$msec $request_time $upstream_addr $upstream_response_time $upstream_connect_time";

class LogRecordTest : public testing::Test {
 protected:
  LineOutcome read(std::string_view line, std::string_view format = kFormat) {
    LogReader reader(LogTemplate::compile(format).value());
    return reader.read(line, record_);
  }

  LogRecord record_;
};

TEST(LogSeconds, AreDecimalNumbers) {
  EXPECT_EQ(parse_log_seconds("0.123"), 123);
  EXPECT_EQ(parse_log_seconds("12"), 12'000);
  EXPECT_EQ(parse_log_seconds("1.5"), 1500);
  EXPECT_EQ(parse_log_seconds("1700000000.001"), 1'700'000'000'001);
  EXPECT_EQ(parse_log_seconds("0.0019"), 1);
  for (const char* text : {"", "-", "-1", "-0.5", ".5", "1.x", "1 ", "99999999999999999999", "abc",
                           "1e3", "999999999999999"}) {
    EXPECT_EQ(parse_log_seconds(text), std::nullopt) << text;
  }
}

TEST(LogClockTest, ReadsBothForms) {
  LogClock clock;
  EXPECT_EQ(clock.read("10/Oct/2026:13:55:36 +0000"), 1'791'640'536);
  EXPECT_EQ(clock.read("10/Oct/2026:13:55:36 +0000"), 1'791'640'536);
  EXPECT_EQ(clock.read("10/Oct/2026:15:55:37 +0200"), 1'791'640'537);
  EXPECT_EQ(clock.read("2026-10-10T13:55:36+00:00"), 1'791'640'536);
  EXPECT_EQ(clock.read("2026-10-10T08:25:36-05:30"), 1'791'640'536);
  EXPECT_EQ(clock.read("01/Jan/1970:00:00:00 +0000"), 0);
  EXPECT_EQ(clock.read("29/Feb/2024:12:00:00 +0000"), 1'709'208'000);
}

TEST(LogClockTest, RefusesWhatIsNoTime) {
  LogClock clock;
  for (const char* text :
       {"", "-", "10/Oct/2026:13:55:36", "10/Foo/2026:13:55:36 +0000", "10/ctN/2026:13:55:36 +0000",
        "99/Oct/2026:13:55:36 +0000", "10/Oct/2026:25:55:36 +0000", "10/Oct/2026:13:55:36 *0000",
        "2026-10-10 13:55:36+00:00", "2026-13-10T13:55:36+00:00", "2026-10-10T1x:55:36+00:00",
        "a text that is far longer than any time that nginx writes"}) {
    EXPECT_EQ(clock.read(text), std::nullopt) << text;
    EXPECT_EQ(clock.read(text), std::nullopt) << text;  // remembered as none
  }
}

TEST_F(LogRecordTest, OneAttempt) {
  ASSERT_EQ(read("1700000000.500 0.250 10.0.0.1:80 0.249 0.001"), LineOutcome::kUsed);
  EXPECT_EQ(record_.end_ms, 1'700'000'000'500);
  EXPECT_EQ(record_.duration_ms, 250);
  EXPECT_FALSE(record_.whole_second);
  ASSERT_EQ(record_.attempt_count, 1U);
  EXPECT_EQ(record_.attempts[0].address, "10.0.0.1:80");
  EXPECT_EQ(record_.attempts[0].duration_ms, 249);
  EXPECT_EQ(record_.attempts[0].connect_ms, 1);
}

TEST_F(LogRecordTest, SeveralAttemptsAndAnInternalRedirect) {
  ASSERT_EQ(read("1.000 0.9 10.0.0.1:80, 10.0.0.2:80 : unix:/run/b.sock 0.001, - : 0.300 0.001, "
                 "0.0 : 0.0"),
            LineOutcome::kUsed);
  ASSERT_EQ(record_.attempt_count, 3U);
  EXPECT_EQ(record_.attempts[1].address, "10.0.0.2:80");
  EXPECT_EQ(record_.attempts[1].duration_ms, 0);
  EXPECT_EQ(record_.attempts[2].address, "unix:/run/b.sock");
  EXPECT_EQ(record_.attempts[2].duration_ms, 300);
  EXPECT_EQ(record_.attempts[2].connect_ms, 0);
}

TEST_F(LogRecordTest, AnAttemptThatNeverConnectedUsedNoConnection) {
  ASSERT_EQ(read("1.000 0.9 10.0.0.1:80, 10.0.0.2:80 0.001, 0.300 -, 0.002"), LineOutcome::kUsed);
  ASSERT_EQ(record_.attempt_count, 1U);
  EXPECT_EQ(record_.attempts[0].address, "10.0.0.2:80");
  EXPECT_EQ(record_.attempts[0].connect_ms, 2);
  EXPECT_EQ(read("1.000 0.9 10.0.0.1:80 0.001 -"), LineOutcome::kNotUpstream);
}

TEST_F(LogRecordTest, AnswersWithoutAnUpstream) {
  EXPECT_EQ(read("1.000 0.000 - - -"), LineOutcome::kNotUpstream);
  // No live upstream: the group's name stands where the address would.
  EXPECT_EQ(read("1.000 0.000 app 0.000 -"), LineOutcome::kNotUpstream);
  EXPECT_EQ(read("1.000 0.000 -", "$msec $request_time $upstream_response_time"),
            LineOutcome::kNotUpstream);
}

TEST_F(LogRecordTest, AFormatThatTellsLess) {
  ASSERT_EQ(read("1.000 0.2", "$msec $request_time"), LineOutcome::kUsed);
  EXPECT_EQ(record_.attempts[0].duration_ms, 200);
  EXPECT_TRUE(record_.attempts[0].address.empty());
  ASSERT_EQ(read("1.000 0.2, 0.3", "$msec $upstream_response_time"), LineOutcome::kUsed);
  EXPECT_EQ(record_.duration_ms, 500);
  EXPECT_EQ(record_.attempt_count, 2U);
  ASSERT_EQ(read("1.000 0.2 10.0.0.1:1", "$msec $request_time $upstream_addr"), LineOutcome::kUsed);
  EXPECT_EQ(record_.attempts[0].duration_ms, 200);
  ASSERT_EQ(read("[10/Oct/2026:13:55:36 +0000] 0.1", "[$time_local] $request_time"),
            LineOutcome::kUsed);
  EXPECT_TRUE(record_.whole_second);
}

TEST_F(LogRecordTest, WhatIsNoTimeIsUnmatched) {
  EXPECT_EQ(read("x 0.1 10.0.0.1:1 0.1 0.0"), LineOutcome::kUnmatched);
  EXPECT_EQ(read("1.000 fast 10.0.0.1:1 0.1 0.0"), LineOutcome::kUnmatched);
  EXPECT_EQ(read("[10/Oct/2026] 0.1", "[$time_local] $request_time"), LineOutcome::kUnmatched);
}

TEST_F(LogRecordTest, ManyAttemptsAreCutOff) {
  std::string addresses = "10.0.0.1:1", times = "0.1";
  for (int i = 0; i < 100; ++i) {
    addresses += ", 10.0.0.1:1";
    times += ", 0.1";
  }
  ASSERT_EQ(read("1.000 9.0 " + addresses + " " + times + " " + times), LineOutcome::kUsed);
  EXPECT_EQ(record_.attempt_count, LogRecord::kMostAttempts);
}

}  // namespace
}  // namespace poolproof::lint
