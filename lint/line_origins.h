// Which line of a file a line of its repaired text comes from: people look at the file that they
// have, not at what it was between two rounds of fixing. Knows lines and edits, no rules.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "grammar/base/diagnostic.h"

namespace poolproof::lint {

/// For one file.
class LineOrigins {
 public:
  /// `before` was changed by these edits, which are in order and do not overlap.
  void edited(std::string_view before, std::span<const TextEdit> edits);

  /// The original line (from 1) of a line of the text as it is now; that of an inserted line is the
  /// one that it was inserted in or behind.
  std::size_t of(std::size_t line) const;

 private:
  std::vector<std::size_t> origins_;  // of line 1, 2, ...; empty as long as nothing was edited
};

}  // namespace poolproof::lint
