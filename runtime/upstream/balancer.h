// What picks a peer of an upstream group. One per group and worker: counters are not shared between
// workers (as nginx without `zone`). Deterministic: time and random numbers come from the caller. Knows
// no connections: an idle one is looked for after the peer has been picked.
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
  std::uint32_t current = kNoPeer;    // number of the peer; peers first, then backups
  int tries = 0;                      // tries left; the caller stops at 0
  bool using_backups = false;
  std::vector<std::uint64_t> tried;   // one bit per peer
  std::uint32_t hash = 0;
  int rehashes = 0;
  std::string_view key;               // of kHash, kIpHash: must stay valid during the exchange
  bool started_fallback = false;      // hash or random gave up: round robin from now on
};

enum class PeerResult : std::uint8_t {
  kOk,
  kFailed,     // error, timeout, or a status that counts as failure
  kNext,       // another peer is to be asked, but this one did not fail (403, 404)
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

  /// Begins an exchange. `key`: the evaluated `hash` key; for ip_hash the bytes of the client's address
  /// (IPv4: all 4 bytes, nginx's 3 are taken here).
  void start(PeerSelection& selection, std::string_view key) const;

  /// Picks the next peer: a number for peer(); kNoPeer if none is live ("no live upstreams"; all
  /// tries are then used up). `now_s`: wall clock in seconds, as nginx counts fail_timeout.
  std::uint32_t pick(PeerSelection& selection, std::int64_t now_s);

  /// Ends the try of selection.current, and takes one from `tries`. Must follow every pick.
  void release(PeerSelection& selection, PeerResult result, std::int64_t now_s);

  const PeerPlan& peer(std::uint32_t number) const;
  std::size_t peer_count() const { return states_.size(); }
  const PeerState& state(std::uint32_t number) const { return states_[number]; }
  /// Number that peers with equal addresses share: PoolKey::peer.
  std::uint32_t pool_peer(std::uint32_t number) const { return pool_peers_[number]; }
  const UpstreamPlan& plan() const { return plan_; }

 protected:
  struct Group {                      // primaries or backups
    std::uint32_t begin = 0, end = 0;
    int total_weight = 0;
    bool weighted = false;
    bool single = false;
    int tries = 0;                    // peers that are not down
  };

  /// The method's own choice; falls back to pick_round_robin.
  virtual std::uint32_t choose(PeerSelection& selection, std::int64_t now_s) = 0;
  std::uint32_t pick_round_robin(PeerSelection& selection, std::int64_t now_s);
  virtual std::uint32_t choose_in_group(PeerSelection& selection, const Group& group,
                                        std::int64_t now_s);
  std::uint32_t smooth_weighted(PeerSelection& selection, const Group& group, std::int64_t now_s);
  bool is_usable(std::uint32_t number, const PeerSelection& selection, std::int64_t now_s) const;
  bool is_tried(const PeerSelection& selection, std::uint32_t number) const;
  void take(PeerSelection& selection, std::uint32_t number, std::int64_t now_s);
  std::uint32_t random() { return random_(); }

  const UpstreamPlan& plan_;
  Group primary_, backup_;
  std::vector<PeerState> states_;

 private:
  Random random_;
  std::vector<std::uint32_t> pool_peers_;
};

std::unique_ptr<Balancer> make_balancer(const UpstreamPlan& plan, Balancer::Random random);

}  // namespace poolproof::runtime
