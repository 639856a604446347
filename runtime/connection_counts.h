// How many connections there are and what they do: $connections_* and stub_status. Each worker
// counts its own, so that counting costs no more than an addition; who asks adds them up.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

namespace poolproof::runtime {

/// Changed by one thread only, read by any.
class Counter {
 public:
  void operator++() { change(1); }
  void operator--() { change(static_cast<std::uint64_t>(-1)); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  void change(std::uint64_t by) { value_.store(value() + by, std::memory_order_relaxed); }
  std::atomic<std::uint64_t> value_{0};
};

/// Of one worker, since it began or now; on cache lines of its own.
struct alignas(64) ConnectionCounts {
  Counter accepted, handled, requests;
  Counter active;   // clients' connections
  Counter reading;  // of them: a request has begun to come, its head is not complete
  Counter writing;  // its head is, until the connection waits again or is closed
  Counter waiting;  // no byte of a (next) request has come
};

/// Of all workers. What one does meanwhile is in it or not.
inline std::uint64_t sum_of(std::span<const ConnectionCounts> workers,
                            Counter ConnectionCounts::*which) {
  std::uint64_t sum = 0;
  for (const ConnectionCounts& worker : workers) sum += (worker.*which).value();
  return sum;
}

}  // namespace poolproof::runtime
