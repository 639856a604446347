// Does a pool of a given size ever hold a connection to the peer whose turn it is? Answers it by
// playing the requests through, one at a time, as the balancing method deals them out.
#pragma once

#include "grammar/config/effective_config.h"

namespace poolproof::lint {

/// True if requests that come one after the other find, at least now and then, an idle connection
/// to the peer that the balancer picks. False for instance for `keepalive 1` with two servers in
/// turn: each connection evicts the one that the next request needs (nginx 1.22.1).
bool pool_serves_rotation(const Upstream& upstream);

}  // namespace poolproof::lint
