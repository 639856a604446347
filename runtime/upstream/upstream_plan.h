// An upstream group as it is executed: peers with their resolved addresses, the balancing method,
// and how many idle connections a worker keeps. Immutable, shared by the workers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/address.h"
#include "runtime/expression.h"
#include "runtime/upstream/connection_pool.h"

namespace poolproof::runtime {

/// One address. A `server` whose name resolves to several makes several.
struct PeerPlan {
  Address address;
  std::string text;    // as $upstream_addr writes it: "127.0.0.1:8080", "unix:/path"
  std::string server;  // the `server` argument as written: the key of `hash ... consistent`
  int weight = 1;
  int max_conns = 0;  // 0: no limit; counted per worker
  int max_fails = 1;  // 0: never disabled
  std::int64_t fail_timeout_s = 10;
  bool down = false;
};

enum class BalancingMethod : std::uint8_t {
  kRoundRobin,
  kLeastConn,
  kIpHash,
  kHash,
  kHashConsistent,
  kRandom,
  kRandomTwoLeastConn
};

struct UpstreamPlan {
  std::string name;
  bool implicit = false;   // of a literal address in proxy_pass
  std::uint16_t port = 0;  // of an implicit one
  std::uint16_t default_port = 80;
  std::vector<PeerPlan> peers;  // primary ones, in the order of the configuration
  std::vector<PeerPlan> backups;
  BalancingMethod method = BalancingMethod::kRoundRobin;
  Expression hash_key;         // of kHash and kHashConsistent
  PoolSettings pool;           // capacity 0: connections are not kept
  bool pool_is_local = false;  // `keepalive N local`: the pool's key holds the location too
  std::size_t index = 0;       // in Plan::upstreams: where a worker keeps its balancer and pool
};

}  // namespace poolproof::runtime
