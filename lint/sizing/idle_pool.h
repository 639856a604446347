// nginx's pool of idle upstream connections as numbers: which request would have found one. Last
// in, first out per server; the least recently used of all servers goes when every place is taken;
// `keepalive_timeout` and `keepalive_requests` end the rest (ngx_http_upstream_keepalive_module of
// nginx 1.22.1 and 1.31.5). `keepalive_time` (1 h) is left out: it closes at most `keepalive`
// connections an hour. The runtime's pool has the same rules but holds real connections and looks
// for them one by one; this one takes the same short time whatever its size is.
#pragma once

#include <cstdint>
#include <vector>

namespace poolproof::lint {

/// Microseconds; the zero is the caller's.
using Micros = std::int64_t;

struct PoolRules {
  Micros idle_timeout = 60'000'000;   // keepalive_timeout, nginx's default
  std::uint32_t max_requests = 1000;  // keepalive_requests, nginx's default since 1.19.10
};

/// Why connections were closed.
struct PoolCounts {
  std::uint64_t opened = 0;
  std::uint64_t evicted = 0;   // no place: the least recently used one had to go
  std::uint64_t expired = 0;   // idle for keepalive_timeout
  std::uint64_t worn_out = 0;  // served keepalive_requests
};

class IdlePool {
 public:
  explicit IdlePool(std::uint32_t capacity) : capacity_(capacity) {}

  /// The requests that the connection had served which now serves one more; 0: a new one. Times
  /// never go back.
  std::uint32_t take(std::uint32_t server, Micros now, const PoolRules& rules, PoolCounts& counts);

  /// A request is done with its connection, which has now served `served` requests.
  void give(std::uint32_t server, Micros now, std::uint32_t served, const PoolRules& rules,
            PoolCounts& counts);

  std::uint32_t size() const { return size_; }

 private:
  using Index = std::uint32_t;
  static constexpr Index kNone = 0xffffffff;

  /// In two lists at once: all idle ones, and those of the same server; both by time of use.
  struct Entry {
    Micros since = 0;
    std::uint32_t server = 0;
    std::uint32_t served = 0;
    Index newer = kNone, older = kNone;
    Index newer_of_server = kNone, older_of_server = kNone;
  };

  void expire(Micros now, const PoolRules& rules, PoolCounts& counts);
  Index place_for_one_more(PoolCounts& counts);
  void remove(Index index);

  std::uint32_t capacity_;
  std::uint32_t size_ = 0;
  Index newest_ = kNone, oldest_ = kNone, free_ = kNone;  // free ones are linked by `older`
  std::vector<Entry> entries_;  // grows with use: a large pool that stays empty costs nothing
  std::vector<Index> newest_of_server_;
};

}  // namespace poolproof::lint
