// One place that is wrong for many upstreams is told once, not once for each of them.
#pragma once

#include <vector>

#include "grammar/base/diagnostic.h"

namespace poolproof::lint {

/// Findings of one rule at one place whose sentences differ only in the upstream that they name
/// become one: "upstreams `a`, `b` and 18 others", with what all of their fixes change. Takes and
/// leaves them sorted by place and rule.
void join_findings(std::vector<Diagnostic>& findings);

}  // namespace poolproof::lint
