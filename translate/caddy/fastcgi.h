// FastCGI: the parameters of a location.
#pragma once

#include "translate/caddy/expression.h"

namespace poolproof::translate::caddy {

/// The lines in `transport fastcgi` that say what is asked for.
Lines fastcgi_lines(Shared& shared, const TextPlace& place);

}  // namespace poolproof::translate::caddy
