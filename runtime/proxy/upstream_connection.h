// A connection to a peer: used by one exchange, or idle in its group's pool. It stays registered
// with the loop while it changes hands. Recycled by its worker.
#pragma once

#include <cstdint>

#include "runtime/net/event_loop.h"
#include "runtime/net/stream.h"
#include "runtime/upstream/connection_pool.h"

namespace poolproof::runtime {

class Exchange;
class UpstreamConnection;
class Worker;
using UpstreamPool = ConnectionPool<UpstreamConnection*>;

class UpstreamConnection final : public Watcher, public TimerHandler {
 public:
  explicit UpstreamConnection(Worker& worker) : timer(*this), worker_(worker) {}

  void on_ready(std::uint32_t events) override;
  void on_timeout() override;
  void on_retired() override;

  /// Belongs to an exchange from now on.
  void lend_to(Exchange& user) { user_ = &user; }
  /// The exchange is done with it: it goes to `pool` (may be null) or is closed.
  ReleaseOutcome give_back(UpstreamPool* pool, PoolKey key, const ReleaseFacts& facts);
  void close();

  Stream stream;
  Timer timer;
  std::uint32_t requests = 0;     // begun on it
  std::int64_t connected_ms = 0;  // monotonic

 private:
  void leave_pool();

  Worker& worker_;
  Exchange* user_ = nullptr;
  UpstreamPool* pool_ = nullptr;  // where it is idle
  UpstreamPool::Slot slot_ = UpstreamPool::kNoSlot;
};

}  // namespace poolproof::runtime
