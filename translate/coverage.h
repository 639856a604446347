// Whether every statement of a configuration was looked at: each target has a table of the
// directives that it knows, and what is not in it is told. That is how nothing is lost in silence.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "translate/translation.h"

namespace poolproof::translate {

enum class Carried : std::uint8_t {
  kSaid,     // the translator says it, or tells by itself where it cannot
  kNothing,  // means nothing to the target: nginx's own memory, files, processes
  kCost,     // the answers stay the same; `what` differs: a warning
  kLost      // requests are answered otherwise: an error
};

struct CoverageEntry {
  std::string_view directive;  // a name, or a prefix and `*`: "fastcgi_*"; the longest one holds
  Carried carried = Carried::kSaid;
  std::string_view what = {};  // of kCost and kLost: the consequence, "requests are not limited"
};

/// Adds a diagnostic for each statement of the main, events and http levels that `table` does not
/// or the common one (common_coverage.h) call kSaid or kNothing, and for each that is in neither;
/// not for those that turn something off
/// ("gzip off"). Blocks like `map` are one statement;
/// `stream` and `mail` are one, too.
void tell_uncovered(const EffectiveConfig& config, std::string_view target,
                    std::span<const CoverageEntry> table, Translation& out);

}  // namespace poolproof::translate
