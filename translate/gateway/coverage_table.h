// What the Kubernetes Gateway API can say of each directive.
#pragma once

#include <span>

#include "translate/coverage.h"

namespace poolproof::translate::gateway {

std::span<const CoverageEntry> coverage_table();

}  // namespace poolproof::translate::gateway
