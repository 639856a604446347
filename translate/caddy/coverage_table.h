// What each directive becomes in a Caddyfile, or why nothing.
#pragma once

#include <span>

#include "translate/coverage.h"

namespace poolproof::translate::caddy {

std::span<const CoverageEntry> coverage_table();

}  // namespace poolproof::translate::caddy
