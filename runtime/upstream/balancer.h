// What picks a peer of an upstream group. One per group and worker: counters are not shared between
// workers (as nginx without `zone`). Deterministic: time and random numbers come from the caller.
// Knows no connections: an idle one is looked for after the peer has been picked.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/upstream/upstream_plan.h"

namespace poolproof::runtime {

inline constexpr std::uint32_t kNoPeer = 0xffffffff;

/// The way of one exchange through the peers of its group. Reused for exchange after exchange.
struct PeerSelection {
  std::uint32_t current = kNoPeer;  // number of the peer; peers first, then backups
  int tries = 0;                    // tries left; the caller stops at 0
  bool using_backups = false;
  std::vector<std::uint64_t> tried;  // one bit per peer
  std::uint32_t hash = 0;
  int rehashes = 0;
  std::string_view key;  // of kHash, kIpHash: must stay valid during the exchange
  int method_tries = 0;  // after 20 in vain hash and random fall back to round robin
};

enum class PeerResult : std::uint8_t {
  kOk,
  kFailed,  // error, timeout, or a status that counts as failure
  kNext,    // another peer is to be asked, but this one did not fail (403, 404)
};

/// What one peer has gone through, for logs and statistics.
struct PeerState {
  int current_weight = 0;
  int effective_weight = 0;
  int connections = 0;
  int fails = 0;
  std::int64_t accessed_s = 0;
  std::int64_t checked_s = 0;
};

class Balancer {
 public:
  using Random = std::function<std::uint32_t()>;
  /// `plan` must outlive it. `random` is asked by the random methods only.
  Balancer(const UpstreamPlan& plan, Random random);
  virtual ~Balancer() = default;
  Balancer(const Balancer&) = delete;
  Balancer& operator=(const Balancer&) = delete;

  /// Begins an exchange. `key`: the evaluated `hash` key; for ip_hash the bytes of the client's
  /// address (Address::ip_bytes(): all four of IPv4). It must stay valid until the last pick.
  void start(PeerSelection& selection, std::string_view key) const;

  /// Picks the next peer: a number for peer(), or kNoPeer if none is live ("no live upstreams").
  /// `now_s`: seconds that only go forward, as nginx counts fail_timeout.
  std::uint32_t pick(PeerSelection& selection, std::int64_t now_s);

  /// Ends the try of selection.current and takes one from `tries`. Must follow every pick that
  /// found a peer. True if this failure disabled the peer ("upstream server temporarily disabled").
  bool release(PeerSelection& selection, PeerResult result, std::int64_t now_s);

  const PeerPlan& peer(std::uint32_t number) const;
  const PeerState& state(std::uint32_t number) const { return states_[number]; }
  /// Number that peers with equal addresses share: PoolKey::peer.
  std::uint32_t pool_peer(std::uint32_t number) const { return pool_peers_[number]; }
  const UpstreamPlan& plan() const { return plan_; }

 protected:
  struct Group {  // primaries or backups
    std::uint32_t begin = 0, end = 0;
    std::uint32_t total_weight = 0;
    bool single = false;  // exempt from max_fails
    int tries = 0;        // peers that are not down
  };

  /// The method's choice among the primaries; kNoPeer to leave it to round robin.
  virtual std::uint32_t choose(PeerSelection& selection, std::int64_t now_s);
  /// The choice within a group where no hash decides.
  virtual std::uint32_t choose_in_group(PeerSelection& selection, const Group& group,
                                        std::int64_t now_s);

  /// Round robin over the peers of [group] for which `accept` is true.
  template <class Accept>
  std::uint32_t smooth_weighted(const Group& group, Accept accept);
  /// Not tried yet, not down, not disabled, not full.
  bool is_usable(std::uint32_t number, const PeerSelection& selection, std::int64_t now_s) const;
  std::uint32_t peer_at_weight(const Group& group, std::uint32_t weight) const;
  const Group& primary() const { return primary_; }
  std::uint32_t random() { return random_(); }

 private:
  std::uint32_t pick_in_groups(PeerSelection& selection, std::int64_t now_s);
  std::uint32_t pick_in_group(PeerSelection& selection, const Group& group, std::int64_t now_s);
  std::uint32_t take(PeerSelection& selection, std::uint32_t number, std::int64_t now_s);
  Group make_group(std::uint32_t begin, std::uint32_t end) const;

  const UpstreamPlan& plan_;
  Group primary_, backup_;
  std::vector<PeerState> states_;
  Random random_;
  std::vector<std::uint32_t> pool_peers_;
};

template <class Accept>
std::uint32_t Balancer::smooth_weighted(const Group& group, Accept accept) {
  std::uint32_t best = kNoPeer;
  int total = 0;
  for (std::uint32_t number = group.begin; number < group.end; ++number) {
    if (!accept(number)) continue;
    PeerState& state = states_[number];
    state.current_weight += state.effective_weight;
    total += state.effective_weight;
    if (state.effective_weight < peer(number).weight) ++state.effective_weight;
    if (best == kNoPeer || state.current_weight > states_[best].current_weight) best = number;
  }
  if (best != kNoPeer) states_[best].current_weight -= total;
  return best;
}

/// The balancer of the group's method.
std::unique_ptr<Balancer> make_balancer(const UpstreamPlan& plan, Balancer::Random random);

/// nginx's CRC-32 (IEEE 802.3), to be continued: start with 0.
std::uint32_t crc32(std::uint32_t previous, std::string_view bytes);

}  // namespace poolproof::runtime
