// The idle connections that one worker keeps to one upstream group: most recently used first, the
// least recently used closed when all places are taken, and one word for why a connection was not
// kept. A data structure only: it opens and closes nothing, reads no clock, and takes anything as a
// connection. Facts: nginx 1.22.1 and 1.31.5, ngx_http_upstream_keepalive_module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace poolproof::runtime {

struct PoolSettings {
  std::uint32_t capacity = 0;             // idle connections; 0: nothing is kept
  std::uint32_t max_requests = 1000;      // keepalive_requests
  std::int64_t max_age_ms = 3'600'000;    // keepalive_time
  std::int64_t idle_timeout_ms = 60'000;  // keepalive_timeout
};

/// What must be equal for a connection to be used again. `peer` names the peer's address within its
/// group (equal addresses have equal numbers), `location` is null unless the pool is `local`.
struct PoolKey {
  std::uint32_t peer = 0;
  const void* location = nullptr;

  friend bool operator==(const PoolKey&, const PoolKey&) = default;
};

/// What became of a connection that a request no longer needs. In the order in which nginx asks.
enum class ReleaseOutcome : std::uint8_t {
  kPooled,
  kPooledEvictedOldest,  // kept; the least recently used one had to go
  kNoPool,               // the group keeps nothing (capacity 0)
  kNoIdleTime,      // keepalive_timeout 0: nginx closes it in the same turn of its loop (1.22.1)
  kFailed,          // the attempt counts as failed: error, timeout, bad status
  kPeerClosed,      // end of file, error or timeout was seen on it
  kRequestLimit,    // keepalive_requests reached
  kAgeLimit,        // older than keepalive_time
  kNotReusable,     // the response did not end cleanly, or its sender announced to close
  kRequestNotSent,  // part of the request, body included, was never sent
  kWorkerExiting,
  kUnreadData,  // bytes after the end of the response
};
inline constexpr std::size_t kReleaseOutcomeCount = 12;
/// "pooled", "request limit", ...: for logs and statistics.
std::string_view to_string(ReleaseOutcome outcome);
constexpr bool is_pooled(ReleaseOutcome outcome) {
  return outcome == ReleaseOutcome::kPooled || outcome == ReleaseOutcome::kPooledEvictedOldest;
}

/// The state of a connection when its request lets go of it.
struct ReleaseFacts {
  bool failed = false;
  bool connection_broken = false;
  bool response_reusable =
      false;  // the protocol's keep flag: ended exactly, and no announced close
  bool request_fully_sent = false;
  bool worker_exiting = false;
  bool unread_data = false;
  std::uint32_t requests_served = 0;  // on this connection, this one included
  std::int64_t age_ms = 0;            // since it was connected
};

/// Asks everything but whether there is room: kPooled means that it may be kept.
ReleaseOutcome judge_release(const PoolSettings& settings, const ReleaseFacts& facts);

/// One thread only. Places are made once; nothing is allocated afterwards.
template <class Connection>
class ConnectionPool {
 public:
  using Slot = std::uint32_t;
  static constexpr Slot kNoSlot = std::numeric_limits<Slot>::max();

  explicit ConnectionPool(PoolSettings settings)
      : settings_(settings), entries_(settings.capacity) {
    for (Slot slot = 0; slot < settings_.capacity; ++slot) link_front(free_, slot);
  }

  const PoolSettings& settings() const { return settings_; }
  std::size_t size() const { return size_; }

  /// Takes the most recently used connection with that key out of the pool.
  std::optional<Connection> acquire(PoolKey key) {
    for (Slot slot = idle_.head; slot != kNoSlot; slot = entries_[slot].next) {
      if (entries_[slot].key == key) return take(slot);
    }
    return std::nullopt;
  }

  struct Release {
    ReleaseOutcome outcome;
    /// Where it lies, for remove(); kNoSlot if it was not kept. The caller then closes it.
    Slot slot = kNoSlot;
    /// The connection that had to make room; the caller closes it.
    std::optional<Connection> evicted;
  };
  Release release(PoolKey key, Connection connection, const ReleaseFacts& facts) {
    Release result{judge_release(settings_, facts), kNoSlot, std::nullopt};
    if (!is_pooled(result.outcome)) return result;
    if (free_.head == kNoSlot) {
      result.evicted = take(idle_.tail);
      result.outcome = ReleaseOutcome::kPooledEvictedOldest;
    }
    const Slot slot = free_.head;
    unlink(free_, slot);
    entries_[slot].key = key;
    entries_[slot].connection.emplace(std::move(connection));
    link_front(idle_, slot);
    ++size_;
    result.slot = slot;
    return result;
  }

  /// Takes an idle connection out because it ended, timed out or sent something. The slot must be
  /// the one that release() named and not have been acquired since.
  Connection remove(Slot slot) { return take(slot); }

  /// Takes out the least recently used connection; nothing if the pool is empty (for shutting
  /// down).
  std::optional<Connection> remove_oldest() {
    if (idle_.tail == kNoSlot) return std::nullopt;
    return take(idle_.tail);
  }

 private:
  struct Entry {
    Slot previous = kNoSlot, next = kNoSlot;
    PoolKey key;
    std::optional<Connection> connection;
  };
  struct List {
    Slot head = kNoSlot, tail = kNoSlot;
  };

  void link_front(List& list, Slot slot) {
    entries_[slot].previous = kNoSlot;
    entries_[slot].next = list.head;
    if (list.head == kNoSlot)
      list.tail = slot;
    else
      entries_[list.head].previous = slot;
    list.head = slot;
  }
  void unlink(List& list, Slot slot) {
    Entry& entry = entries_[slot];
    (entry.previous == kNoSlot ? list.head : entries_[entry.previous].next) = entry.next;
    (entry.next == kNoSlot ? list.tail : entries_[entry.next].previous) = entry.previous;
  }
  Connection take(Slot slot) {
    Connection connection = std::move(*entries_[slot].connection);
    entries_[slot].connection.reset();
    unlink(idle_, slot);
    link_front(free_, slot);
    --size_;
    return connection;
  }

  PoolSettings settings_;
  std::vector<Entry> entries_;
  List idle_, free_;
  std::size_t size_ = 0;
};

}  // namespace poolproof::runtime
