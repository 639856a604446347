// client_max_body_size as the buffer filter.
#pragma once

#include "translate/envoy/shared.h"

namespace poolproof::translate::envoy {

/// The filter of a connection manager, with nginx's default.
Tree buffer_filter();
/// What the location has instead, as the route says it to the filter.
void add_body_limit(Shared& shared, const Location& location, Tree& filters);

}  // namespace poolproof::translate::envoy
