// What each directive becomes in HAProxy's configuration, or why nothing.
#pragma once

#include <span>

#include "translate/coverage.h"

namespace poolproof::translate::haproxy {

std::span<const CoverageEntry> coverage_table();

/// Does the statement ask for nothing: `gzip off`, `access_log off`?
bool asks_for_nothing(Directive at);

}  // namespace poolproof::translate::haproxy
