// Two intrusive lists over one array; every operation is constant time but for what it closes.
#include "lint/sizing/idle_pool.h"

namespace poolproof::lint {

std::uint32_t IdlePool::take(std::uint32_t server, Micros now, const PoolRules& rules,
                             PoolCounts& counts) {
  expire(now, rules, counts);
  const Index found = server < newest_of_server_.size() ? newest_of_server_[server] : kNone;
  if (found == kNone) {
    ++counts.opened;
    return 0;
  }
  const std::uint32_t served = entries_[found].served;
  remove(found);
  return served;
}

void IdlePool::give(std::uint32_t server, Micros now, std::uint32_t served, const PoolRules& rules,
                    PoolCounts& counts) {
  expire(now, rules, counts);
  if (served >= rules.max_requests) {
    ++counts.worn_out;
    return;
  }
  if (capacity_ == 0) {
    ++counts.evicted;
    return;
  }
  if (server >= newest_of_server_.size()) newest_of_server_.resize(server + 1, kNone);
  const Index index = place_for_one_more(counts);
  Entry& entry = entries_[index];
  entry.since = now;
  entry.server = server;
  entry.served = served;
  entry.newer = entry.newer_of_server = kNone;
  entry.older = newest_;
  entry.older_of_server = newest_of_server_[server];
  (newest_ == kNone ? oldest_ : entries_[newest_].newer) = index;
  if (entry.older_of_server != kNone) entries_[entry.older_of_server].newer_of_server = index;
  newest_ = newest_of_server_[server] = index;
  ++size_;
}

void IdlePool::expire(Micros now, const PoolRules& rules, PoolCounts& counts) {
  while (oldest_ != kNone && now - entries_[oldest_].since >= rules.idle_timeout) {
    remove(oldest_);
    ++counts.expired;
  }
}

IdlePool::Index IdlePool::place_for_one_more(PoolCounts& counts) {
  if (size_ == capacity_) {
    remove(oldest_);
    ++counts.evicted;
  }
  if (free_ != kNone) {
    const Index index = free_;
    free_ = entries_[index].older;
    return index;
  }
  entries_.emplace_back();
  return static_cast<Index>(entries_.size() - 1);
}

void IdlePool::remove(Index index) {
  Entry& entry = entries_[index];
  (entry.newer == kNone ? newest_ : entries_[entry.newer].older) = entry.older;
  (entry.older == kNone ? oldest_ : entries_[entry.older].newer) = entry.newer;
  if (entry.newer_of_server == kNone) {
    newest_of_server_[entry.server] = entry.older_of_server;
  } else {
    entries_[entry.newer_of_server].older_of_server = entry.older_of_server;
  }
  if (entry.older_of_server != kNone) {
    entries_[entry.older_of_server].newer_of_server = entry.newer_of_server;
  }
  entry.older = free_;
  free_ = index;
  --size_;
}

}  // namespace poolproof::lint
