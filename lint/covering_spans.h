// Which of many comments speak for a place? Their spans nest as statements do; asking each of them
// for each finding would cost their product. Knows nothing of what the comments say.
#pragma once

#include <cstddef>
#include <vector>

#include "grammar/base/source.h"

namespace poolproof::lint {

class CoveringSpans {
 public:
  CoveringSpans() = default;
  /// Each span is known by its index.
  explicit CoveringSpans(const std::vector<SourceSpan>& spans);

  /// The spans in which the place begins, the largest index first.
  std::vector<std::size_t> around(SourceSpan place) const;

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  struct Entry {
    SourceSpan span;
    std::size_t index = 0;
    std::size_t outer = kNone;  // the entry before it that ends later than it begins
  };
  std::vector<Entry> entries_;  // in the order of the text
};

}  // namespace poolproof::lint
