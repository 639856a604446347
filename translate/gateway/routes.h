// Servers and locations as HTTPRoutes.
#pragma once

#include <vector>

#include "translate/gateway/backends.h"
#include "translate/gateway/model.h"

namespace poolproof::translate::gateway {

/// The routes of one listener: one for each server that can be chosen there.
std::vector<Route> routes_of_listener(const Listener& listener, const std::string& listener_name,
                                      Backends& backends, Translation& out);

}  // namespace poolproof::translate::gateway
