// What each directive becomes in HAProxy's configuration, or why nothing.
#pragma once

#include <span>

#include "translate/coverage.h"

namespace poolproof::translate::haproxy {

std::span<const CoverageEntry> coverage_table();

}  // namespace poolproof::translate::haproxy
