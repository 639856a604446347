// A location that passes requests on: `reverse_proxy` with all that belongs to it.
#pragma once

#include "translate/caddy/expression.h"

namespace poolproof::translate::caddy {

/// The statements of a location that passes to a known upstream over HTTP or FastCGI.
/// `is_rewritten`: a script may have written another path.
Lines proxy_lines(Shared& shared, const TextPlace& place, bool is_rewritten);

/// The servers, the choice among them, and what happens when one fails, in `reverse_proxy`.
Lines upstream_lines(Shared& shared, const Location& location);

/// `transport http` or `transport fastcgi`.
Lines transport_lines(Shared& shared, const TextPlace& place);

/// Of the request and of the upstream's answer, in `reverse_proxy`.
Lines field_lines(Shared& shared, const TextPlace& place);

}  // namespace poolproof::translate::caddy
