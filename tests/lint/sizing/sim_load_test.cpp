// The simulation against the theory, against the numbers that another simulation of the same pool
// gave, and against what a real nginx did. Seeds are fixed, so nothing here is left to chance.
#include "lint/sizing/sim_load.h"

#include <algorithm>
#include <cmath>
#include <ostream>

#include <gtest/gtest.h>

namespace poolproof::lint {
namespace {

constexpr std::uint32_t kForever = 1'000'000'000;  // keepalive_requests that never bites
constexpr std::uint64_t kRequests = 60'000;        // enough for two digits

LoadModel model_of(double in_flight, std::uint32_t servers = 1, std::uint32_t workers = 1) {
  LoadModel model;
  model.load = {in_flight * 10, 0.1};
  model.servers = servers;
  model.workers = workers;
  model.rules.max_requests = kForever;
  model.requests = kRequests;
  return model;
}

double opened(const LoadModel& model, std::uint32_t keepalive) {
  return simulate(model, {keepalive}).front().opened_per_request;
}

TEST(SimLoad, OneServerAndASmallPoolFollowOneInKPlusOne) {
  for (const double load : {200.0, 1000.0}) {
    for (const std::uint32_t keepalive : {0U, 1U, 2U, 4U}) {
      EXPECT_NEAR(opened(model_of(load), keepalive), small_pool_opened_per_request(keepalive), 0.01)
          << load << " " << keepalive;
    }
  }
}

TEST(SimLoad, TheDefaultOf32CostsAtMostThreeInAHundredWithOneServer) {
  for (const double load : {1.0, 10.0, 100.0, 1000.0}) EXPECT_LE(opened(model_of(load), 32), 0.031);
}

struct Row {
  double in_flight;
  double at_10_percent, at_30_percent, at_2, at_32;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.in_flight << " in flight";
}

class PopularRule : public testing::TestWithParam<Row> {};

TEST_P(PopularRule, CostsWhatTheTableSays) {
  const Row& row = GetParam();
  const LoadModel model = model_of(row.in_flight);
  const auto places = [&](double share) {
    return static_cast<std::uint32_t>(std::ceil(row.in_flight * share - 1e-9));
  };
  EXPECT_NEAR(opened(model, places(0.1)), row.at_10_percent, 0.02);
  EXPECT_NEAR(opened(model, places(0.3)), row.at_30_percent, 0.02);
  EXPECT_NEAR(opened(model, 2), row.at_2, 0.01);
  EXPECT_NEAR(opened(model, 32), row.at_32, 0.004);
}

INSTANTIATE_TEST_SUITE_P(Loads, PopularRule,
                         testing::Values(Row{1, .37, .37, .15, .001}, Row{5, .47, .29, .29, .000},
                                         Row{10, .49, .22, .31, .000}, Row{20, .32, .12, .32, .000},
                                         Row{50, .16, .041, .33, .005},
                                         Row{100, .083, .015, .33, .013},
                                         Row{200, .040, .004, .33, .019},
                                         Row{500, .013, .000, .33, .026}));

TEST(SimLoad, TenToThirtyPercentOfTheLoadIsTooLittleForSmallLoadsAndTooMuchForLargeOnes) {
  EXPECT_GT(opened(model_of(10), 3), 0.2);       // 30 %: still one in five
  EXPECT_LT(opened(model_of(1000), 100), 0.01);  // 10 %: less than one in a hundred, with 100
  EXPECT_LT(opened(model_of(1000), 65), 0.015);  // which 65 do as well
}

struct Enough {
  double in_flight;
  std::uint32_t for_5_percent, for_1_percent;
};
void PrintTo(const Enough& row, std::ostream* out) {
  *out << row.in_flight << " in flight";
}

class EnoughPlaces : public testing::TestWithParam<Enough> {};

TEST_P(EnoughPlaces, AreFoundByTheSimulation) {
  const Enough& row = GetParam();
  const Curve curve = simulate(
      model_of(row.in_flight),
      {row.for_5_percent - 2, row.for_5_percent + 1, row.for_1_percent - 2, row.for_1_percent + 2});
  EXPECT_GT(curve[0].opened_per_request, 0.05);
  EXPECT_LE(curve[1].opened_per_request, 0.05);
  EXPECT_GT(curve[2].opened_per_request, 0.01);
  EXPECT_LE(curve[3].opened_per_request, 0.01);
}

INSTANTIATE_TEST_SUITE_P(Loads, EnoughPlaces,
                         testing::Values(Enough{1, 4, 5}, Enough{5, 7, 10}, Enough{10, 9, 14},
                                         Enough{20, 11, 19}, Enough{50, 14, 27},
                                         Enough{100, 16, 35}, Enough{200, 17, 44}));

struct Scaling {
  double in_flight;
  std::uint32_t servers, workers;
  double expected[4];  // at 1, 2, 3 and 4 times sqrt(servers x in flight per worker)
};
void PrintTo(const Scaling& row, std::ostream* out) {
  *out << row.in_flight << " in flight, " << row.servers << " servers, " << row.workers
       << " workers";
}

class ServersAndWorkers : public testing::TestWithParam<Scaling> {};

TEST_P(ServersAndWorkers, EnterThroughTheSwingOnly) {
  const Scaling& row = GetParam();
  const double unit = std::sqrt(row.servers * row.in_flight / row.workers);
  for (int times = 1; times <= 4; ++times) {
    const auto keepalive = static_cast<std::uint32_t>(std::lround(times * unit));
    EXPECT_NEAR(opened(model_of(row.in_flight, row.servers, row.workers), keepalive),
                row.expected[times - 1], 0.0035 + 0.03 * row.expected[times - 1])
        << times;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, ServersAndWorkers,
                         testing::Values(Scaling{100, 1, 1, {.083, .034, .015, .006}},
                                         Scaling{100, 16, 1, {.089, .015, .0015, .0002}},
                                         Scaling{400, 4, 4, {.072, .019, .004, .0006}},
                                         Scaling{1000, 10, 8, {.074, .014, .0018, .0005}}));

TEST(SimLoad, TheRecommendedSwingCostsOneOrTwoInAHundred) {
  for (const double load : {20.0, 100.0, 500.0}) {
    for (const std::uint32_t servers : {1U, 5U, 20U}) {
      EXPECT_LE(opened(model_of(load, servers), swing(servers, load)), 0.022) << load;
    }
  }
}

TEST(SimLoad, TheKindOfServiceTimeMattersLittle) {
  LoadModel model = model_of(100);
  EXPECT_NEAR(opened(model, 10), 0.082, 0.006);
  model.service_time = ServiceTime::kConstant;
  EXPECT_NEAR(opened(model, 10), 0.091, 0.006);
  model.service_time = ServiceTime::kLogNormal;
  EXPECT_NEAR(opened(model, 10), 0.079, 0.008);
}

/// nginx 1.22.1 under an open loop of 800 requests per second with exponential 50 ms, on two shared
/// cores: one worker and one server unless said otherwise.
struct Measured {
  std::uint32_t keepalive, servers, workers;
  double by_nginx, tolerance;
};
void PrintTo(const Measured& row, std::ostream* out) {
  *out << "keepalive " << row.keepalive << ", " << row.servers << " servers, " << row.workers
       << " workers";
}

class RealNginx : public testing::TestWithParam<Measured> {};

TEST_P(RealNginx, IsMetWhenEventsAreHandledInBatches) {
  const Measured& row = GetParam();
  LoadModel model;
  model.load = {800, 0.05};
  model.servers = row.servers;
  model.workers = row.workers;
  model.batch = 2000;
  model.requests = kRequests;
  EXPECT_NEAR(opened(model, row.keepalive), row.by_nginx, row.tolerance);
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, RealNginx,
    testing::Values(Measured{1, 1, 1, .576, .012}, Measured{2, 1, 1, .372, .01},
                    Measured{4, 1, 1, .210, .01}, Measured{8, 1, 1, .098, .005},
                    Measured{16, 1, 1, .036, .005}, Measured{32, 1, 1, .0004, .003},
                    Measured{8, 5, 1, .226, .006}, Measured{32, 5, 1, .014, .006},
                    Measured{8, 1, 2, .051, .03}));

TEST(SimLoad, WithoutBatchesItIsThePlainModel) {
  LoadModel model;
  model.load = {800, 0.05};
  model.requests = kRequests;
  EXPECT_NEAR(opened(model, 1), .497, 0.006);
  EXPECT_NEAR(opened(model, 2), .327, 0.006);
  EXPECT_NEAR(opened(model, 4), .190, 0.004);
  EXPECT_NEAR(opened(model, 8), .094, 0.003);
  EXPECT_NEAR(opened(model, 16), .033, 0.002);
  EXPECT_NEAR(opened(model, 32), .0028, 0.001);
}

TEST(SimLoad, NoPoolOpensForEveryRequest) {
  const SizePoint point = simulate(model_of(10), {0}).front();
  EXPECT_DOUBLE_EQ(point.opened_per_request, 1);
  EXPECT_DOUBLE_EQ(point.opened_per_second, 100);
  EXPECT_DOUBLE_EQ(point.reuse_ratio(), 0);
}

TEST(SimLoad, KeepaliveRequestsIsAFloor) {
  LoadModel model = model_of(10);
  model.rules.max_requests = 100;
  const SizePoint point = simulate(model, {64}).front();
  EXPECT_NEAR(point.opened_per_request, 0.01, 0.001);
  EXPECT_NEAR(point.worn_out_per_request, 0.01, 0.001);
}

TEST(SimLoad, KeepaliveRequestsIsAFloorEvenWhereConnectionsOutliveTheSimulation) {
  LoadModel model;
  model.load = {10'000, 0.1};  // 1,000 connections: 300,000 requests are 300 for each
  model.requests = 300'000;
  EXPECT_NEAR(opened(model, 512), 0.001, 0.0003);
}

TEST(SimLoad, IdleTimeEmptiesAPoolThatIsHardlyUsed) {
  LoadModel model;
  model.load = {0.01, 0.1};  // a request every 100 s, idle connections are kept for 60
  model.requests = 20'000;
  const SizePoint point = simulate(model, {32}).front();
  EXPECT_NEAR(point.opened_per_request, std::exp(-0.6), 0.02);
  EXPECT_NEAR(point.expired_per_request, std::exp(-0.6), 0.02);
}

TEST(SimLoad, TheSameSeedGivesTheSameNumbers) {
  LoadModel model = model_of(50);
  model.requests = 50'000;
  EXPECT_EQ(opened(model, 8), opened(model, 8));
  const double first = opened(model, 8);
  model.seed = 2;
  EXPECT_NE(opened(model, 8), first);
}

TEST(PoolBank, SizesAreSortedAndWithoutRepeats) {
  const auto sizes = sizes_with({32, 5, 5000});
  EXPECT_TRUE(std::is_sorted(sizes.begin(), sizes.end()));
  EXPECT_EQ(sizes.size(), usual_sizes().size() + 2);
}

TEST(PoolBank, EachWorkerHasPoolsOfItsOwn) {
  PoolBank bank({4}, {});
  bank.end(bank.begin(0, 0, 0), 0, 0, 1);
  bank.end(bank.begin(2, 0, 2), 2, 0, 3);
  bank.end(bank.begin(0, 0, 4), 0, 0, 5);
  EXPECT_EQ(bank.requests(), 3U);
  EXPECT_EQ(bank.counts()[0].opened, 2U);
}

TEST(PoolBank, LargerPoolsNeverOpenMoreForOneServer) {
  const Curve curve = simulate(model_of(100), usual_sizes());
  for (std::size_t i = 1; i < curve.size(); ++i) {
    EXPECT_LE(curve[i].opened_per_request, curve[i - 1].opened_per_request);
  }
}

}  // namespace
}  // namespace poolproof::lint
