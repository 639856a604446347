// Listeners as `frontend` sections.
#pragma once

#include <string>

#include "translate/haproxy/plan.h"

namespace poolproof::translate::haproxy {

/// All listeners, in the order in which they appear.
std::string frontends(Shared& shared, const Plan& plan, const Backends& backends);

/// The `bind` line's words; tells what of TLS cannot be said.
std::string bind_words(Shared& shared, const Listener& listener);

}  // namespace poolproof::translate::haproxy
