// One location: what nginx does with a request from the moment that the location is chosen until
// it is passed on or answered.
#pragma once

#include "translate/caddy/expression.h"

namespace poolproof::translate::caddy {

/// What refuses bodies that are too large.
Lines body_limit(Shared& shared, const TextPlace& place);

/// All of it ends in an answer.
Lines location_lines(Shared& shared, const TextPlace& place);

}  // namespace poolproof::translate::caddy
