// The few pieces that are to be sent next on a stream, in order, and how far that has gone. Owns no
// bytes: they must stay where they are until is_empty(). Bounded: the sender asks for more when it
// is empty.
#pragma once

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <string_view>

#include "runtime/net/stream.h"

namespace poolproof::runtime {

class OutputQueue {
 public:
  static constexpr std::size_t kMaxPieces = 6;

  bool is_empty() const { return begin_ == end_; }
  void clear() { begin_ = end_ = 0; }
  void push(std::string_view bytes) {
    if (bytes.empty()) return;
    pieces_[end_++] = {const_cast<char*>(bytes.data()), bytes.size()};
  }
  /// Sends as much as goes. kOk: everything is sent; kWouldBlock: the rest waits. `sent` counts
  /// bytes.
  IoResult flush(Stream& stream, std::uint64_t& sent);

 private:
  std::array<iovec, kMaxPieces> pieces_{};
  std::size_t begin_ = 0, end_ = 0;
};

inline IoResult OutputQueue::flush(Stream& stream, std::uint64_t& sent) {
  while (begin_ != end_) {
    const IoResult result = stream.write(std::span<const iovec>(&pieces_[begin_], end_ - begin_));
    if (result.status != IoStatus::kOk) return result;
    sent += result.size;
    std::size_t left = result.size;
    while (begin_ != end_ && left >= pieces_[begin_].iov_len) left -= pieces_[begin_++].iov_len;
    if (begin_ == end_) break;
    pieces_[begin_].iov_base = static_cast<char*>(pieces_[begin_].iov_base) + left;
    pieces_[begin_].iov_len -= left;
    if (!stream.writable()) return {IoStatus::kWouldBlock, 0, 0};
  }
  clear();
  return {};
}

}  // namespace poolproof::runtime
