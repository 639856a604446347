// How many idle connections an upstream should keep, for what is told of the load: the same
// computation as `poolproof size`, for rules that find a pool mis-sized.
#pragma once

#include <cstdint>
#include <optional>

#include "lint/rule.h"
#include "lint/sizing/recommend.h"

namespace poolproof::lint {

/// The number of `worker_processes`; for `auto` what the user said, or nothing.
std::optional<std::uint32_t> worker_count(const RuleInput& input);

/// Servers that get requests: not down, not backup. At least 1.
std::uint32_t serving_peers(const Upstream& upstream);

/// With no worker count known the load is taken for that of one worker, which asks for more.
Recommendation advice_for(const RuleInput& input, const Upstream& upstream);

}  // namespace poolproof::lint
