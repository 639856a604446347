// Who is let in: methods and addresses.
#pragma once

#include "translate/caddy/shared.h"

namespace poolproof::translate::caddy {

/// `limit_except` of a location.
Lines method_lines(Shared& shared, const Location& location);

/// `allow` and `deny`.
Lines address_lines(Shared& shared, const Scope& scope);

}  // namespace poolproof::translate::caddy
