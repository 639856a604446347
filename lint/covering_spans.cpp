// Entries point to what is still open where they begin: what covers a place is the last one that
// begins before it, or among those that this one points to.
#include "lint/covering_spans.h"

#include <algorithm>
#include <functional>

namespace poolproof::lint {

CoveringSpans::CoveringSpans(const std::vector<SourceSpan>& spans) {
  for (const SourceSpan& span : spans) entries_.push_back({span, entries_.size(), kNone});
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return a.span.file != b.span.file ? a.span.file < b.span.file : a.span.begin < b.span.begin;
  });
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const SourceSpan& span = entries_[i].span;
    const auto is_over = [&](const SourceSpan& outer) {
      return outer.file != span.file || outer.end <= span.begin;
    };
    while (!open.empty() && is_over(entries_[open.back()].span)) open.pop_back();
    if (!open.empty()) entries_[i].outer = open.back();
    open.push_back(i);
  }
}

std::vector<std::size_t> CoveringSpans::around(SourceSpan place) const {
  const auto after = std::upper_bound(
      entries_.begin(), entries_.end(), place, [](const SourceSpan& wanted, const Entry& entry) {
        return wanted.file != entry.span.file ? wanted.file < entry.span.file
                                              : wanted.begin < entry.span.begin;
      });
  std::vector<std::size_t> out;
  if (after == entries_.begin()) return out;
  for (auto at = static_cast<std::size_t>(after - entries_.begin()) - 1; at != kNone;
       at = entries_[at].outer) {
    const SourceSpan& span = entries_[at].span;
    if (span.file == place.file && place.begin < span.end) out.push_back(entries_[at].index);
  }
  std::sort(out.begin(), out.end(), std::greater<>());
  return out;
}

}  // namespace poolproof::lint
