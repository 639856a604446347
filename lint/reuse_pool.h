// The half of the verdict that lies with the group that a location passes to: is there a pool, and
// can it hold what comes? Knows nothing of headers.
#pragma once

#include <vector>

#include "grammar/config/effective_config.h"
#include "lint/reuse.h"

namespace poolproof::lint {

/// What some clients get to see.
struct Outcome {
  bool may_reuse = false;
  bool may_close = false;

  void add(const Outcome& other) {
    may_reuse = may_reuse || other.may_reuse;
    may_close = may_close || other.may_close;
  }
};

/// Each reason once, though several clients may meet it.
class Reasons {
 public:
  void add(ReuseReason reason);
  /// Leaves none behind.
  std::vector<ReuseReason> take() { return std::move(reasons_); }

 private:
  std::vector<ReuseReason> reasons_;
};

/// What such a client meets where the location (it must have a pass) sends its requests; `reasons`
/// takes what speaks against reuse.
Outcome judge_pool(const EffectiveConfig& config, const Location& location,
                   const RequestAssumption& client, Reasons& reasons);

}  // namespace poolproof::lint
