// Which ranges of addresses a `geo` block may have beside each other. Knows no configuration.
#pragma once

#include <cstdint>
#include <map>

namespace poolproof {

/// nginx cuts ranges at every 65,536 addresses. A piece may lie inside another that came before it,
/// but not around it or across its end (1.22.1, ngx_http_geo_add_range). Adding costs the logarithm
/// of what is there, however many addresses the range has.
class RangeTable {
 public:
  /// Both included, `from` not above `to`. False if a piece overlaps an earlier one in a way that
  /// nginx refuses; the pieces before that one are taken.
  bool add(std::uint32_t from, std::uint32_t to);

 private:
  bool add_piece(std::uint32_t from, std::uint32_t to);
  bool add_whole(std::uint32_t first, std::uint32_t last);
  void join(std::uint32_t first, std::uint32_t last);
  bool cut_out(std::uint32_t stretch);

  /// First addresses of pieces by their last ones; they do not overlap. Only of stretches that are
  /// not one piece.
  std::map<std::uint32_t, std::uint32_t> pieces_;
  /// Stretches of 65,536 addresses that are one piece, as runs: their first by their last.
  std::map<std::uint32_t, std::uint32_t> whole_;
};

}  // namespace poolproof
