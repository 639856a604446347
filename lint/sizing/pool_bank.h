// One stream of requests held against pools of several sizes at once: a column of pools, one for
// each size, for every worker. What comes out is the curve "size -> connections opened".
#pragma once

#include <cstdint>
#include <vector>

#include "lint/sizing/idle_pool.h"

namespace poolproof::lint {

/// The sizes that a curve is drawn for when nobody asks for others: 0 is "no pool".
const std::vector<std::uint32_t>& usual_sizes();

/// The usual sizes with these added, in order, without repeats.
std::vector<std::uint32_t> sizes_with(const std::vector<std::uint32_t>& wanted);

class PoolBank {
 public:
  /// Names a request between begin() and end().
  using Ticket = std::uint32_t;

  /// `sizes` are idle connections per worker.
  PoolBank(std::vector<std::uint32_t> sizes, PoolRules rules);

  /// Workers and servers count from 0 and may appear at any time. Times never go back. A connection
  /// that is opened counts as having served `served_before` requests: other than 0 only while pools
  /// are filled, so that keepalive_requests does not end all of them at the same time.
  Ticket begin(std::uint32_t worker, std::uint32_t server, Micros now,
               std::uint32_t served_before = 0);
  void end(Ticket ticket, std::uint32_t worker, std::uint32_t server, Micros now);

  /// Forgets what was counted, not what the pools hold: for the time before the pools are in use.
  void restart_counts();

  const std::vector<std::uint32_t>& sizes() const { return sizes_; }
  std::uint64_t requests() const { return requests_; }
  /// In the order of sizes().
  const std::vector<PoolCounts>& counts() const { return counts_; }

 private:
  IdlePool* column(std::uint32_t worker);

  std::vector<std::uint32_t> sizes_;
  PoolRules rules_;
  std::uint64_t requests_ = 0;
  std::vector<PoolCounts> counts_;
  std::vector<IdlePool> pools_;        // a worker's pools lie side by side
  std::vector<std::uint32_t> served_;  // likewise, the tickets' connections
  std::vector<Ticket> free_tickets_;
};

}  // namespace poolproof::lint
