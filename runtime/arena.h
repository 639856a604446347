// Memory for the texts of one request: taken by moving a pointer, given back all at once. It keeps
// its first block, so that a request which fits allocates nothing. Knows nothing of what is put in
// it.
#pragma once

#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

namespace poolproof::runtime {

class Arena {
 public:
  static constexpr std::size_t kDefaultBlockSize = 4096;

  Arena() = default;
  explicit Arena(std::size_t block_size) : block_size_(block_size) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  /// `size` bytes without alignment, valid until reset(); never null, also for a size of 0.
  char* allocate(std::size_t size) {
    if (static_cast<std::size_t>(end_ - next_) < size || next_ == nullptr) grow(size);
    char* result = next_;
    next_ += size;
    return result;
  }

  std::string_view copy(std::string_view text) {
    char* to = allocate(text.size());
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  std::string_view concat(std::initializer_list<std::string_view> parts) {
    std::size_t size = 0;
    for (std::string_view part : parts) size += part.size();
    char* to = allocate(size);
    char* at = to;
    for (std::string_view part : parts) {
      if (!part.empty()) std::memcpy(at, part.data(), part.size());
      at += part.size();
    }
    return {to, size};
  }

  /// Gives back everything but the first block.
  void reset() {
    if (blocks_.empty()) return;
    blocks_.resize(1);
    next_ = blocks_.front().get();
    end_ = next_ + block_size_;
  }

 private:
  void grow(std::size_t size) {
    // The first block always has the regular size, so that reset() need not remember another.
    if (blocks_.empty() && size > block_size_) blocks_.push_back(make_block(block_size_));
    const std::size_t block = size > block_size_ ? size : block_size_;
    blocks_.push_back(make_block(block));
    next_ = blocks_.back().get();
    end_ = next_ + block;
  }
  static std::unique_ptr<char[]> make_block(std::size_t size) {
    return std::make_unique_for_overwrite<char[]>(size);
  }

  std::size_t block_size_ = kDefaultBlockSize;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace poolproof::runtime
