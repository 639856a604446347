// Servers as virtual hosts, locations as routes.
#pragma once

#include <vector>

#include "translate/envoy/clusters.h"
#include "translate/listeners.h"

namespace poolproof::translate::envoy {

Tree route_configuration(Shared& shared, Clusters& clusters, const Listener& listener,
                         std::string_view name);

}  // namespace poolproof::translate::envoy
