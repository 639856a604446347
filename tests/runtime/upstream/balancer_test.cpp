// Balancing methods against sequences that were seen with nginx 1.22.1, and the accounting of
// failures.
#include "runtime/upstream/balancer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace poolproof::runtime {
namespace {

UpstreamPlan make_plan(BalancingMethod method, const std::vector<int>& weights) {
  UpstreamPlan plan;
  plan.name = "u";
  plan.method = method;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    PeerPlan peer;
    peer.address = *parse_ip("127.0.0.1", static_cast<std::uint16_t>(21611 + i));
    peer.text = peer.server = to_string(peer.address);
    peer.weight = weights[i];
    plan.peers.push_back(peer);
  }
  return plan;
}

std::uint32_t no_random() {
  return 0;
}

/// The key of request number `k` as the table's requests had it.
std::string key_of(BalancingMethod method, int k) {
  if (method != BalancingMethod::kIpHash) return fmt::format("key{}", k);
  const auto client = parse_ip(fmt::format("127.{}.{}.1", k * 7 % 256, k * 13 % 256));
  return std::string(client->ip_bytes());
}

struct Sequence {
  const char* name;
  BalancingMethod method;
  std::vector<int> weights;
  int down;  // number of a peer that is down; -1: none
  std::string_view peers;
};

class BalancerSequence : public testing::TestWithParam<Sequence> {};

TEST_P(BalancerSequence, IsTheOneOfNginx) {
  UpstreamPlan plan = make_plan(GetParam().method, GetParam().weights);
  if (GetParam().down >= 0) plan.peers[static_cast<std::size_t>(GetParam().down)].down = true;
  const auto balancer = make_balancer(plan, no_random);
  PeerSelection selection;
  std::string seen;
  for (int k = 0; k < 40; ++k) {
    const std::string key = key_of(GetParam().method, k);
    balancer->start(selection, key);
    seen += static_cast<char>('0' + balancer->pick(selection, 0));
    balancer->release(selection, PeerResult::kOk, 0);
  }
  EXPECT_EQ(seen, GetParam().peers);
}

using enum BalancingMethod;
INSTANTIATE_TEST_SUITE_P(
    Sequences, BalancerSequence,
    testing::Values(
        Sequence{"rr", kRoundRobin, {5, 1, 1}, -1, "0010200001020000102000010200001020000102"},
        Sequence{"rr4", kRoundRobin, {3, 2, 1, 4}, -1, "3013023103301302310330130231033013023103"},
        Sequence{"least", kLeastConn, {2, 1, 1}, -1, "0120012001200120012001200120012001200120"},
        Sequence{"hash", kHash, {1, 1, 1}, -1, "2101221001111210101110211200202202102211"},
        Sequence{"hash_weights", kHash, {3, 2, 1}, -1, "2111021100101200000100211201010202002001"},
        Sequence{"hash_down", kHash, {1, 1, 1}, 1, "2200220000002220000200222200202202202220"},
        Sequence{
            "ketama", kHashConsistent, {1, 1, 1}, -1, "0210102000020121122102121001200002122202"},
        Sequence{"ketama_weights",
                 kHashConsistent,
                 {3, 2, 1},
                 -1,
                 "0010100000020121000002001001000000121211"},
        Sequence{"ketama_down",
                 kHashConsistent,
                 {1, 1, 1},
                 1,
                 "0220202000020220022202020000200002222202"},
        Sequence{"ip", kIpHash, {1, 1, 1}, -1, "2221111111100000000211111110000000022222"},
        Sequence{"ip_weights", kIpHash, {3, 1, 2}, -1, "0000000000000000000200000000000000022000"},
        Sequence{"ip_down", kIpHash, {1, 1, 1}, 0, "2221111111121221122211111112112111222222"}),
    [](const auto& each) { return each.param.name; });

TEST(Balancer, LeastConnectionsCountsBusyOnesByWeight) {
  const UpstreamPlan plan = make_plan(kLeastConn, {2, 1});
  const auto balancer = make_balancer(plan, no_random);
  std::string seen;
  std::vector<PeerSelection> busy(6);
  for (PeerSelection& selection : busy) {
    balancer->start(selection, "");
    seen += static_cast<char>('0' + balancer->pick(selection, 0));
  }
  EXPECT_EQ(balancer->state(0).connections, 4);
  EXPECT_EQ(balancer->state(1).connections, 2) << seen;
}

TEST(Balancer, AFailedPeerIsLeftOutForFailTimeout) {
  const UpstreamPlan plan = make_plan(kRoundRobin, {1, 1});
  const auto balancer = make_balancer(plan, no_random);
  PeerSelection s;
  balancer->start(s, "");
  ASSERT_EQ(balancer->pick(s, 100), 0u);
  EXPECT_EQ(s.tries, 2);
  EXPECT_TRUE(balancer->release(s, PeerResult::kFailed, 100)) << "max_fails 1 disables at once";
  EXPECT_EQ(s.tries, 1);
  EXPECT_EQ(balancer->pick(s, 100), 1u);
  balancer->release(s, PeerResult::kOk, 100);
  for (std::int64_t now = 101; now <= 110; ++now) {
    balancer->start(s, "");
    EXPECT_EQ(balancer->pick(s, now), 1u) << now;
    balancer->release(s, PeerResult::kOk, now);
  }
  std::string seen;  // after more than 10 s it is tried again, its weight recovering from 0
  for (int i = 0; i < 4; ++i) {
    balancer->start(s, "");
    seen += static_cast<char>('0' + balancer->pick(s, 111));
    balancer->release(s, PeerResult::kOk, 111);
  }
  EXPECT_NE(seen.find('0'), std::string::npos) << seen;
  EXPECT_EQ(balancer->state(0).fails, 0);
}

TEST(Balancer, NoLivePeer) {
  const UpstreamPlan plan = make_plan(kRoundRobin, {1, 1});
  const auto balancer = make_balancer(plan, no_random);
  PeerSelection s;
  balancer->start(s, "");
  for (int i = 0; i < 2; ++i) {
    ASSERT_NE(balancer->pick(s, 1), kNoPeer);
    balancer->release(s, PeerResult::kFailed, 1);
  }
  EXPECT_EQ(s.tries, 0);
  balancer->start(s, "");
  EXPECT_EQ(balancer->pick(s, 2), kNoPeer);
}

TEST(Balancer, ASinglePeerIsNeverDisabled) {
  const UpstreamPlan plan = make_plan(kRoundRobin, {1});
  const auto balancer = make_balancer(plan, no_random);
  PeerSelection s;
  for (int i = 0; i < 5; ++i) {
    balancer->start(s, "");
    ASSERT_EQ(balancer->pick(s, 1), 0u);
    EXPECT_FALSE(balancer->release(s, PeerResult::kFailed, 1));
    EXPECT_EQ(s.tries, 0);
  }
}

TEST(Balancer, NextWithoutFailureCountsNothing) {
  const UpstreamPlan plan = make_plan(kRoundRobin, {1, 1});
  const auto balancer = make_balancer(plan, no_random);
  PeerSelection s;
  balancer->start(s, "");
  balancer->pick(s, 1);
  balancer->release(s, PeerResult::kNext, 1);
  EXPECT_EQ(balancer->state(0).fails, 0);
  EXPECT_EQ(balancer->pick(s, 1), 1u);
}

TEST(Balancer, BackupsServeWhenNoPrimaryDoes) {
  UpstreamPlan plan = make_plan(kRoundRobin, {1, 1});
  plan.backups.push_back(make_plan(kRoundRobin, {1}).peers[0]);
  const auto balancer = make_balancer(plan, no_random);
  PeerSelection s;
  balancer->start(s, "");
  EXPECT_EQ(s.tries, 3);
  for (const std::uint32_t expected : {0u, 1u, 2u}) {
    EXPECT_EQ(balancer->pick(s, 1), expected);
    balancer->release(s, PeerResult::kFailed, 1);
  }
  balancer->start(s, "");
  EXPECT_EQ(balancer->pick(s, 2), kNoPeer) << "the backup has failed as well";
}

TEST(Balancer, MaxConnsSendsElsewhere) {
  UpstreamPlan plan = make_plan(kRoundRobin, {1, 1});
  plan.peers[0].max_conns = 1;
  const auto balancer = make_balancer(plan, no_random);
  PeerSelection a, b, c;
  for (PeerSelection* each : {&a, &b, &c}) balancer->start(*each, "");
  EXPECT_EQ(balancer->pick(a, 0), 0u);
  EXPECT_EQ(balancer->pick(b, 0), 1u);
  EXPECT_EQ(balancer->pick(c, 0), 1u);
}

TEST(Balancer, FailuresLowerTheEffectiveWeight) {
  UpstreamPlan plan = make_plan(kRoundRobin, {4, 1});
  plan.peers[0].max_fails = 2;
  const auto balancer = make_balancer(plan, no_random);
  PeerSelection s;
  balancer->start(s, "");
  ASSERT_EQ(balancer->pick(s, 1), 0u);
  balancer->release(s, PeerResult::kFailed, 1);
  EXPECT_EQ(balancer->state(0).effective_weight, 2);
}

TEST(Balancer, RandomTakesWhatIsDrawn) {
  const UpstreamPlan plan = make_plan(kRandom, {1, 3});
  std::vector<std::uint32_t> draws{0, 1, 3, 4};
  std::size_t next = 0;
  const auto balancer = make_balancer(plan, [&] { return draws[next++ % draws.size()]; });
  std::string seen;
  for (int i = 0; i < 4; ++i) {
    PeerSelection s;
    balancer->start(s, "");
    seen += static_cast<char>('0' + balancer->pick(s, 0));
  }
  EXPECT_EQ(seen, "0110");
}

TEST(Balancer, RandomTwoTakesTheLessBusyOne) {
  const UpstreamPlan plan = make_plan(kRandomTwoLeastConn, {1, 1, 1});
  std::vector<std::uint32_t> draws{0, 1, 0, 2};
  std::size_t next = 0;
  const auto balancer = make_balancer(plan, [&] { return draws[next++ % draws.size()]; });
  PeerSelection a, b;
  balancer->start(a, "");
  EXPECT_EQ(balancer->pick(a, 0), 1u) << "equally busy: the second drawn";
  balancer->start(b, "");
  EXPECT_EQ(balancer->pick(b, 0), 2u);
}

TEST(Balancer, EqualAddressesShareTheirPoolKey) {
  UpstreamPlan plan = make_plan(kRoundRobin, {1, 1});
  plan.peers.push_back(plan.peers[0]);
  const auto balancer = make_balancer(plan, no_random);
  EXPECT_EQ(balancer->pool_peer(2), balancer->pool_peer(0));
  EXPECT_NE(balancer->pool_peer(1), balancer->pool_peer(0));
}

TEST(Crc32, IsTheUsualOne) {
  EXPECT_EQ(crc32(0, "123456789"), 0xcbf43926u);
}

}  // namespace
}  // namespace poolproof::runtime
