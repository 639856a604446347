// See range_table.h. A stretch of 65,536 addresses is empty, one piece, or in pieces; a wide range
// has thousands of the second kind in a row, so these are kept as runs.
#include "grammar/config/range_table.h"

#include <algorithm>

namespace poolproof {
namespace {

constexpr std::uint32_t kLast = 0xffff;  // of a stretch

}  // namespace

bool RangeTable::add(std::uint32_t from, std::uint32_t to) {
  std::uint32_t first = from >> 16;
  std::uint32_t last = to >> 16;
  const bool begins_inside = (from & kLast) != 0;
  const bool ends_inside = (to & kLast) != kLast;
  if (first == last && (begins_inside || ends_inside)) return add_piece(from, to);
  if (begins_inside && !add_piece(from, from | kLast)) return false;
  if (begins_inside) ++first;
  if (!ends_inside) return add_whole(first, last);
  if (first < last && !add_whole(first, last - 1)) return false;
  return add_piece(to & ~kLast, to);
}

/// Less than a stretch.
bool RangeTable::add_piece(std::uint32_t from, std::uint32_t to) {
  const std::uint32_t stretch = from >> 16;
  if (cut_out(stretch)) pieces_.emplace(stretch << 16 | kLast, stretch << 16);
  const auto hit = pieces_.lower_bound(from);
  if (hit == pieces_.end() || hit->second > to) {
    pieces_.emplace(to, from);
    return true;
  }
  const auto [end, begin] = *hit;
  if (from < begin || to > end) return false;
  pieces_.erase(hit);
  if (begin < from) pieces_.emplace(from - 1, begin);
  pieces_.emplace(to, from);
  if (to < end) pieces_.emplace(end, to + 1);
  return true;
}

/// Stretches up to the first that is in pieces.
bool RangeTable::add_whole(std::uint32_t first, std::uint32_t last) {
  const auto next = pieces_.lower_bound(first << 16);
  const bool is_free = next == pieces_.end() || next->second >> 16 > last;
  if (is_free) {
    join(first, last);
  } else if (next->second >> 16 > first) {
    join(first, (next->second >> 16) - 1);
  }
  return is_free;
}

void RangeTable::join(std::uint32_t first, std::uint32_t last) {
  auto run = whole_.lower_bound(first);
  while (run != whole_.end() && run->second <= last) {
    first = std::min(first, run->second);
    last = std::max(last, run->first);
    run = whole_.erase(run);
  }
  whole_.emplace(last, first);
}

/// True if it was one piece.
bool RangeTable::cut_out(std::uint32_t stretch) {
  const auto run = whole_.lower_bound(stretch);
  if (run == whole_.end() || run->second > stretch) return false;
  const auto [last, first] = *run;
  whole_.erase(run);
  if (first < stretch) whole_.emplace(stretch - 1, first);
  if (stretch < last) whole_.emplace(last, stretch + 1);
  return true;
}

}  // namespace poolproof
