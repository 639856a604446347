// Smooth weighted round robin (ngx_http_upstream_get_peer of nginx 1.22.1) over an LRU list.
#include "lint/pool_cycle.h"

#include <algorithm>
#include <list>
#include <numeric>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace poolproof::lint {
namespace {

/// Longer cycles are not played to their end: by then the answer is known for any real
/// configuration.
constexpr std::size_t kMaxRequests = 20'000;
/// Each request looks at every server.
constexpr std::size_t kMaxSteps = 4'000'000;

struct Turn {
  std::string_view address;
  int weight = 1;
  int current = 0;
};

bool deals_in_turn(Balancer balancer) {
  return balancer == Balancer::kRoundRobin || balancer == Balancer::kLeastConn;
}

std::vector<Turn> turns_of(const Upstream& upstream) {
  std::vector<Turn> turns;
  for (const bool backup : {false, true}) {
    for (const Peer& peer : upstream.peers) {
      if (!peer.down && peer.backup == backup) turns.push_back({peer.address, peer.weight, 0});
    }
    if (!turns.empty()) break;  // backups are asked only where there is nobody else
  }
  return turns;
}

std::string_view next(std::vector<Turn>& turns, int total) {
  Turn* best = nullptr;
  for (Turn& turn : turns) {
    turn.current += turn.weight;
    if (best == nullptr || turn.current > best->current) best = &turn;
  }
  best->current -= total;
  return best->address;
}

/// Of one weight and all different: each comes when all others have had their turn.
bool are_all_alike(const std::vector<Turn>& turns) {
  std::unordered_set<std::string_view> addresses;
  return std::all_of(turns.begin(), turns.end(), [&](const Turn& turn) {
    return turn.weight == turns.front().weight && addresses.insert(turn.address).second;
  });
}

}  // namespace

bool pool_serves_rotation(const Upstream& upstream) {
  if (!deals_in_turn(upstream.balancer.value)) return true;
  std::vector<Turn> turns = turns_of(upstream);
  const std::size_t slots = upstream.keepalive.value.connections;
  if (turns.size() <= slots) return true;
  const int total = std::accumulate(turns.begin(), turns.end(), 0,
                                    [](int sum, const Turn& turn) { return sum + turn.weight; });
  if (are_all_alike(turns)) return false;
  std::list<std::string_view> idle;  // most recently used first
  const std::size_t requests = std::min({2 * static_cast<std::size_t>(total), kMaxRequests,
                                         std::max(4 * slots, kMaxSteps / turns.size())});
  for (std::size_t i = 0; i < requests; ++i) {
    const std::string_view address = next(turns, total);
    if (std::find(idle.begin(), idle.end(), address) != idle.end()) return true;
    idle.push_front(address);
    if (idle.size() > slots) idle.pop_back();
  }
  return false;
}

}  // namespace poolproof::lint
