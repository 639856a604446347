// A server: its own rules, then its locations, of which the first that matches is nginx's choice.
#pragma once

#include "translate/caddy/expression.h"

namespace poolproof::translate::caddy {

/// All of it ends in an answer. `place` has the listener, the server, and what its name took.
Lines server_lines(Shared& shared, const TextPlace& place);

}  // namespace poolproof::translate::caddy
