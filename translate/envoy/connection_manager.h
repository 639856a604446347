// The filter that speaks HTTP with clients.
#pragma once

#include "translate/envoy/clusters.h"
#include "translate/listeners.h"

namespace poolproof::translate::envoy {

Tree connection_manager(Shared& shared, Clusters& clusters, const Listener& listener,
                        std::string_view name);

/// The access logs of the listener's default server.
Tree access_logs(Shared& shared, const Listener& listener);

}  // namespace poolproof::translate::envoy
