// What the places that pass over HTTP to a group with a pool send that keeps connections from being
// reused. The rules about locations report these, so that they and the verdict of `routes` are one
// truth. Knows no message of theirs.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "grammar/base/diagnostic.h"
#include "lint/reuse.h"

namespace poolproof::lint {

/// A reason in a place that passes to a group that has a pool, or is meant to have one.
struct PooledFinding {
  const Location* location = nullptr;
  const Upstream* upstream = nullptr;
  ReuseReason reason;
};

/// Over HTTP/1.0 with `Connection: keep-alive` it is the backend that decides.
Diagnostic http10_that_asks_to_keep(const Location& location, const Upstream& upstream,
                                    SourceSpan where);

/// Those of one configuration, which must outlive it. Looked for once, when the first is asked for.
class PooledFindings {
 public:
  explicit PooledFindings(const EffectiveConfig& config) : config_(config) {}

  /// Those that one rule reports, in the order of the places.
  std::vector<PooledFinding> of(std::string_view rule) const;

 private:
  const std::vector<PooledFinding>& all() const;

  const EffectiveConfig& config_;
  mutable std::optional<std::vector<PooledFinding>> all_;
};

}  // namespace poolproof::lint
