// What Envoy can say of each directive.
#pragma once

#include <span>

#include "translate/coverage.h"

namespace poolproof::translate::envoy {

std::span<const CoverageEntry> coverage_table();

}  // namespace poolproof::translate::envoy
