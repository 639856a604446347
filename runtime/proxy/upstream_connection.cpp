// Being idle: whatever happens to an idle connection ends it.
#include "runtime/proxy/upstream_connection.h"

#include "runtime/proxy/exchange.h"
#include "runtime/worker.h"

namespace poolproof::runtime {

void UpstreamConnection::on_ready(std::uint32_t events) {
  if (!stream.is_open()) return;  // closed earlier in this batch
  stream.note(events);
  if (user_ != nullptr) return user_->on_upstream_ready();
  if (pool_ == nullptr || !stream.readable()) return;
  leave_pool();
  close();
}

void UpstreamConnection::on_timeout() {
  if (user_ != nullptr) return user_->on_upstream_timeout();
  if (pool_ == nullptr) return;
  leave_pool();
  close();
}

void UpstreamConnection::leave_pool() {
  pool_->remove(slot_);
  pool_ = nullptr;
}

ReleaseOutcome UpstreamConnection::give_back(UpstreamPool* pool, PoolKey key,
                                             const ReleaseFacts& facts) {
  user_ = nullptr;
  if (pool == nullptr) {
    close();
    return ReleaseOutcome::kNoPool;
  }
  const UpstreamPool::Release release = pool->release(key, this, facts);
  if (release.evicted) {
    (*release.evicted)->pool_ = nullptr;
    (*release.evicted)->close();
  }
  if (!is_pooled(release.outcome)) {
    close();
    return release.outcome;
  }
  pool_ = pool;
  slot_ = release.slot;
  worker_.loop().set_timer(timer, pool->settings().idle_timeout_ms);
  return release.outcome;
}

void UpstreamConnection::close() {
  user_ = nullptr;
  pool_ = nullptr;
  timer.cancel();
  stream.close();
  worker_.loop().retire(*this);
}

void UpstreamConnection::on_retired() {
  worker_.recycle(*this);
}

}  // namespace poolproof::runtime
