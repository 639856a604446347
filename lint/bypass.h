// A pass to an address that is the one server of a group: whose pool could it use?
#pragma once

#include "lint/rule.h"

namespace poolproof::lint {

/// The group with a pool whose only server is the address that the location passes to, if its
/// connections would be right for this location, too; null otherwise.
const Upstream* bypassed_group(const RuleInput& input, const Location& location);

}  // namespace poolproof::lint
