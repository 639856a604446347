// Logs in, curves out: against the same load without a log, and on small logs counted by hand.
#include "lint/sizing/log_analysis.h"

#include <algorithm>
#include <cmath>
#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace poolproof::lint {
namespace {

using testing::HasSubstr;

constexpr const char* kFormat =
    "$msec $request_time $upstream_addr $upstream_response_time $upstream_connect_time";

LogAnalysis analysis_of(LogOptions options = {}, const char* format = kFormat) {
  return LogAnalysis(LogTemplate::compile(format).value(), std::move(options));
}

/// The lines that nginx would write of a Poisson load, in the order of their ends.
std::vector<std::string> lines_of(double rate, double latency, int count, int servers) {
  std::mt19937_64 dice(11);
  const auto exponential = [&](double mean) {
    return -std::log((static_cast<double>(dice() >> 11) + 1) * 0x1.0p-53) * mean;
  };
  std::vector<std::pair<double, std::string>> ends;
  double now = 1'700'000'000;
  for (int i = 0; i < count; ++i) {
    now += exponential(1 / rate);
    const double took = exponential(latency);
    ends.emplace_back(now + took, fmt::format("{:.3f} {:.3f} 10.0.0.{}:80 {:.3f} 0.000", now + took,
                                              took, i % servers + 1, took));
  }
  std::sort(ends.begin(), ends.end());
  std::vector<std::string> lines;
  for (auto& [end, line] : ends) lines.push_back(std::move(line));
  return lines;
}

double at(const Curve& curve, std::uint32_t keepalive) {
  for (const SizePoint& point : curve) {
    if (point.keepalive == keepalive) return point.opened_per_request;
  }
  ADD_FAILURE() << "no size " << keepalive;
  return -1;
}

TEST(LogAnalysis, GivesTheCurveOfTheLoadThatWroteTheLog) {
  LogAnalysis analysis = analysis_of();
  for (const std::string& line : lines_of(500, 0.1, 60'000, 2)) analysis.add(line);
  const auto reports = analysis.finish();
  ASSERT_EQ(reports.size(), 1U);
  const GroupReport& report = reports[0];
  EXPECT_EQ(report.servers, 2U);
  EXPECT_NEAR(report.requests_per_second, 500, 10);
  EXPECT_NEAR(report.latency_seconds, 0.1, 0.002);
  EXPECT_NEAR(report.concurrency.mean, 50, 1);
  EXPECT_NEAR(report.concurrency.p50, concurrency_quantile(50, 0.5), 2);
  EXPECT_NEAR(report.concurrency.p99, concurrency_quantile(50, 0.99), 3);
  LoadModel model;
  model.load = {500, 0.1};
  model.servers = 2;
  model.requests = 60'000;
  const Curve expected = simulate(model, usual_sizes());
  for (const std::uint32_t size : {1U, 2U, 8U, 16U, 32U}) {
    EXPECT_NEAR(at(report.curve, size), at(expected, size), 0.01) << size;
  }
  EXPECT_THAT(report.recommended.keepalive, testing::AllOf(testing::Ge(24U), testing::Le(48U)));
}

TEST(LogAnalysis, WhatFillsThePoolsIsLeftOutOfTheCurve) {
  LogAnalysis analysis = analysis_of();
  for (const std::string& line : lines_of(500, 0.1, 4000, 1)) analysis.add(line);
  const auto reports = analysis.finish();
  const SizePoint& largest = reports[0].curve.back();
  EXPECT_GT(largest.opened, 50U);  // as many as were in flight at once
  EXPECT_LT(largest.opened_per_request, 0.006);
}

TEST(LogAnalysis, WorkersHavePoolsOfTheirOwn) {
  LogOptions options;
  options.workers = 4;
  LogAnalysis analysis = analysis_of(std::move(options));
  for (const std::string& line : lines_of(500, 0.1, 60'000, 1)) analysis.add(line);
  const auto reports = analysis.finish();
  LoadModel model;
  model.load = {500, 0.1};
  model.workers = 4;
  model.requests = 60'000;
  const Curve expected = simulate(model, usual_sizes());
  for (const std::uint32_t size : {1U, 4U, 8U, 16U}) {
    EXPECT_NEAR(at(reports[0].curve, size), at(expected, size), 0.012) << size;
  }
  EXPECT_NEAR(reports[0].concurrency_per_worker.mean, 12.5, 0.5);
}

TEST(LogAnalysis, EveryLineIsCounted) {
  LogAnalysis analysis = analysis_of();
  EXPECT_EQ(analysis.add("1.000 0.100 10.0.0.1:80 0.100 0.000\r"), LineOutcome::kUsed);
  EXPECT_EQ(analysis.add("1.000 0.100 - - -"), LineOutcome::kNotUpstream);
  EXPECT_EQ(analysis.add("something else"), LineOutcome::kUnmatched);
  EXPECT_EQ(analysis.add(""), LineOutcome::kUnmatched);
  analysis.finish();
  const LineCounts lines = analysis.lines();
  EXPECT_EQ(lines.total, 4U);
  EXPECT_EQ(lines.used, 1U);
  EXPECT_EQ(lines.not_upstream, 1U);
  EXPECT_EQ(lines.unmatched, 2U);
}

TEST(LogAnalysis, EachAttemptNeedsAConnection) {
  LogAnalysis analysis = analysis_of();
  analysis.add("10.000 0.300 10.0.0.1:80, 10.0.0.2:80 0.100, 0.200 0.000, 0.004");
  analysis.add("20.000 0.300 10.0.0.1:80 0.300 0.000");
  const auto reports = analysis.finish();
  EXPECT_EQ(reports[0].requests, 3U);
  EXPECT_EQ(reports[0].servers, 2U);
  EXPECT_EQ(reports[0].concurrency.max, 1U);  // one after the other
  EXPECT_EQ(reports[0].connect_known, 3U);
  EXPECT_EQ(reports[0].connect_above_zero, 1U);
  EXPECT_DOUBLE_EQ(reports[0].connect_seconds, 0.004);
  EXPECT_DOUBLE_EQ(at(reports[0].curve, 16), 2.0 / 3);
  EXPECT_DOUBLE_EQ(at(reports[0].curve, 1), 1);
}

TEST(LogAnalysis, NumbersThatCannotBeAreCutShort) {
  LogAnalysis analysis = analysis_of();
  analysis.add("0.000 99999999.000 10.0.0.1:80 99999999.000 0.000");
  analysis.add("1700000000.000 99999999.000 10.0.0.1:80 99999999.000 0.000");
  analysis.add("1700000001.000 0.001 10.0.0.1:80 99999999.000 0.000");
  const auto reports = analysis.finish();
  EXPECT_EQ(reports[0].requests, 3U);
  EXPECT_LE(reports[0].concurrency.max, 2U);
}

TEST(LogAnalysis, GroupsAreTheConfigurationsThenTheLogs) {
  LogOptions options;
  options.groups = {{"api", {"10.0.0.1:80", "10.0.0.2:80"}, {}}, {"web", {"10.0.0.9:80"}, {}}};
  LogAnalysis analysis =
      analysis_of(std::move(options), "$msec $request_time $upstream_addr $proxy_host");
  for (const char* line :
       {"1.0 0.1 10.0.0.1:80 api", "2.0 0.1 10.0.0.2:80 api", "3.0 0.1 10.0.0.9:80 web",
        "4.0 0.1 10.0.0.7:80 other", "5.0 0.1 10.0.0.8:80 -"}) {
    analysis.add(line);
  }
  const auto reports = analysis.finish();
  ASSERT_EQ(reports.size(), 4U);
  EXPECT_EQ(reports[0].name, "api");
  EXPECT_EQ(reports[0].requests, 2U);
  std::vector<std::string> names;
  for (const GroupReport& report : reports) names.push_back(report.name);
  EXPECT_THAT(names, testing::UnorderedElementsAre("api", "web", "other", "(all servers)"));
}

TEST(LogAnalysis, TheGroupsOwnLimitsHold) {
  LogOptions options;
  PoolRules rules;
  rules.idle_timeout = 5'000'000;
  options.groups = {{"api", {"10.0.0.1:80"}, rules}};
  LogAnalysis analysis = analysis_of(std::move(options));
  for (int second = 0; second < 100; second += 10) {
    analysis.add(fmt::format("{}.000 0.100 10.0.0.1:80 0.100 0.000", 1000 + second));
  }
  EXPECT_DOUBLE_EQ(at(analysis.finish()[0].curve, 32), 1);
}

TEST(LogAnalysis, ProcessesThatAreLoggedAreTheWorkers) {
  LogAnalysis analysis = analysis_of({}, "$msec $request_time $upstream_addr $pid");
  for (int i = 0; i < 30; ++i) {
    analysis.add(fmt::format("{}.000 0.100 10.0.0.1:80 {}", 1000 + i, 70 + i % 3));
  }
  const auto reports = analysis.finish();
  EXPECT_EQ(reports[0].workers, 3U);
  EXPECT_DOUBLE_EQ(at(reports[0].curve, 4), 0.1);
}

TEST(LogAnalysis, SecondsAreSpreadOut) {
  LogAnalysis analysis = analysis_of({}, "[$time_local] $request_time");
  for (int second = 0; second < 60; ++second) {
    for (int i = 0; i < 100; ++i) {
      analysis.add(fmt::format("[10/Oct/2026:13:55:{:02} +0000] 0.010", second));
    }
  }
  const auto reports = analysis.finish();
  EXPECT_NEAR(reports[0].concurrency.mean, 1, 0.1);
  EXPECT_LT(reports[0].concurrency.max, 10U);
}

SizePoint point(std::uint32_t keepalive, double opened) {
  SizePoint out;
  out.keepalive = keepalive;
  out.opened_per_request = opened;
  return out;
}

TEST(RecommendedFrom, TheSmallestThatIsCloseToTheBest) {
  const Curve curve = {point(8, .3), point(16, .1), point(32, .02), point(64, .009),
                       point(128, .001)};
  EXPECT_EQ(recommended_from(curve, 1).keepalive, 64U);
  EXPECT_THAT(recommended_from(curve, 1).reason, HasSubstr("32 would open 2 %"));
  EXPECT_EQ(recommended_from(curve, 100).keepalive, 128U);
  EXPECT_EQ(recommended_from(curve, 200).keepalive, 200U);
  EXPECT_THAT(recommended_from(curve, 200).reason, HasSubstr("200 servers"));
}

TEST(RecommendedFrom, NeverBelowSixteen) {
  const Curve curve = {point(1, .01), point(8, .001), point(16, .001), point(32, .001)};
  EXPECT_EQ(recommended_from(curve, 1).keepalive, 16U);
  EXPECT_THAT(recommended_from(curve, 1).reason, HasSubstr("less than 16 makes no sense"));
}

}  // namespace
}  // namespace poolproof::lint
