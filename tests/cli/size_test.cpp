// The forms of numbers that `size` takes, and the pictures and words that it gives.
#include "cli/report/size.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/commands/size_units.h"

namespace poolproof::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(SizeUnits, Latency) {
  EXPECT_DOUBLE_EQ(parse_latency("100ms").value_or(-1), 0.1);
  EXPECT_DOUBLE_EQ(parse_latency("0.1s").value_or(-1), 0.1);
  EXPECT_DOUBLE_EQ(parse_latency("0.1").value_or(-1), 0.1);
  EXPECT_DOUBLE_EQ(parse_latency("250us").value_or(-1), 0.00025);
  EXPECT_DOUBLE_EQ(parse_latency("2m").value_or(-1), 120);
  EXPECT_DOUBLE_EQ(parse_latency("1440m").value_or(-1), 86'400);
  for (const char* text :
       {"", "100", "-1s", "0s", "ms", "1 s", "1h", "nan", "inf", "1e999s", "1e300s", "1441m"}) {
    EXPECT_EQ(parse_latency(text), std::nullopt) << text;
  }
}

TEST(SizeUnits, Rate) {
  EXPECT_DOUBLE_EQ(parse_rate("10000").value_or(-1), 10'000);
  EXPECT_DOUBLE_EQ(parse_rate("10k").value_or(-1), 10'000);
  EXPECT_DOUBLE_EQ(parse_rate("1.5M").value_or(-1), 1'500'000);
  EXPECT_DOUBLE_EQ(parse_rate("0.2/s").value_or(-1), 0.2);
  EXPECT_DOUBLE_EQ(parse_rate("1000M").value_or(-1), 1e9);
  for (const char* text : {"", "0", "-5", "k", "10G", "nan", "1e300", "1001M"}) {
    EXPECT_EQ(parse_rate(text), std::nullopt) << text;
  }
}

TEST(SizeReportTest, SharesCloseToOneKeepTheirDistance) {
  EXPECT_EQ(percent_text(0), "0 %");
  EXPECT_EQ(percent_text(1), "100 %");
  EXPECT_EQ(percent_text(0.0901), "9.01 %");
  EXPECT_EQ(percent_text(0.99957), "99.957 %");
  EXPECT_EQ(percent_text(0.0009), "0.09 %");
}

SizedGroup group() {
  SizedGroup out;
  out.name = "a<b\x1b[31m";
  out.load = lint::Load{10'000, 0.1};
  for (const std::uint32_t size : {0U, 8U, 64U}) {
    lint::SizePoint point;
    point.keepalive = size;
    point.opened_per_request = 1.0 / (size + 1);
    point.opened_per_second = 10'000.0 / (size + 1);
    out.curve.push_back(point);
  }
  out.recommended = {64, "because"};
  out.present = 8;
  out.present_origin = "nginx.conf:3:5";
  return out;
}

TEST(SizeReportTest, WhatASizeCosts) {
  const SizedGroup sized = group();
  const auto cost = cost_of(sized, 8);
  ASSERT_TRUE(cost);
  EXPECT_NEAR(cost->time_wait, 10'000.0 / 9 * 60, 0.1);
  EXPECT_TRUE(cost->exceeds_port_range);
  EXPECT_FALSE(cost_of(sized, 64)->exceeds_port_range);
  EXPECT_FALSE(cost_of(sized, 9));
}

TEST(SizeReportTest, TextNamesBothValues) {
  const std::string text = size_text({{}, {group()}, {"a note"}}, {});
  EXPECT_THAT(text, HasSubstr("<- present"));
  EXPECT_THAT(text, HasSubstr("<- recommended"));
  EXPECT_THAT(text, HasSubstr("recommended: keepalive 64;"));
  EXPECT_THAT(text, HasSubstr("keepalive 8 (nginx.conf:3:5): 11.1 % of the requests"));
  EXPECT_THAT(text, HasSubstr("note: a note"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(SizeReportTest, JsonHasTheCurve) {
  const auto report = size_json({{}, {group()}, {}});
  EXPECT_TRUE(report["log"].is_null());
  const auto& upstream = report["upstreams"][0];
  EXPECT_EQ(upstream["curve"].size(), 3U);
  EXPECT_EQ(upstream["curve"][0]["reuse_ratio"], 0);
  EXPECT_EQ(upstream["recommended"]["keepalive"], 64);
  EXPECT_EQ(upstream["present"]["keepalive"], 8);
  EXPECT_EQ(upstream["in_flight"], 1000);
}

TEST(SizeReportTest, ThePageHoldsEverythingItself) {
  const std::string page = size_html({{}, {group()}, {}});
  EXPECT_THAT(page, HasSubstr("<svg"));
  EXPECT_THAT(page, HasSubstr("a&lt;b"));
  EXPECT_THAT(page, Not(HasSubstr("a<b")));
  EXPECT_THAT(page, Not(HasSubstr("http")));
  EXPECT_THAT(page, HasSubstr("aria-labelledby=\"curve1-title curve1-desc\""));
}

TEST(SizeReportTest, NoPictureWithoutNumbers) {
  EXPECT_EQ(curve_svg(SizedGroup(), "x"), "");
  EXPECT_EQ(concurrency_svg(group(), "x"), "");
}

TEST(SizeReportTest, Escapes) {
  EXPECT_EQ(html_escaped("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
}

}  // namespace
}  // namespace poolproof::cli
