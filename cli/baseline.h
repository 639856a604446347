// The findings that a team has decided to live with for now: a file that lint writes and reads.
// Entries are fingerprints, so that moved lines do not matter.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/base/result.h"

namespace poolproof::cli {

struct BaselineEntry {
  std::string rule;
  std::string file;  // as in the checkout; for people who read the baseline

  friend bool operator==(const BaselineEntry&, const BaselineEntry&) = default;
};

/// By fingerprint.
using Baseline = std::map<std::string, BaselineEntry>;

struct ReadBaseline {
  int version = 0;  // of its fingerprints (fingerprint.h)
  Baseline entries;
};

/// Of the present version or of an earlier one. An Error that says what is wrong if the text is no
/// baseline.
Result<ReadBaseline> parse_baseline(std::string_view text);

/// Of the present version; sorted by file, rule and fingerprint, one entry per line: made for
/// diffs.
std::string baseline_text(const Baseline& baseline);

}  // namespace poolproof::cli
