// What no target says, in the words that hold for all of them.
#pragma once

#include <span>

#include "translate/coverage.h"

namespace poolproof::translate {

/// Holds where a target's own table has neither the name nor a longer beginning of it. Nothing here
/// is kSaid: what a target says stands in its table.
std::span<const CoverageEntry> common_coverage();

}  // namespace poolproof::translate
