// Servers as virtual hosts, locations as routes.
#pragma once

#include <vector>

#include "translate/envoy/clusters.h"
#include "translate/listeners.h"

namespace poolproof::translate::envoy {

/// Where the client's own X-Forwarded-Proto waits while Envoy writes its own.
inline constexpr std::string_view kClientsProtocol = "x-nginx-forwarded-proto";

Tree route_configuration(Shared& shared, Clusters& clusters, const Listener& listener,
                         std::string_view name);

/// May the port be taken from the Host before anything reads it?
bool strips_port(const Listener& listener);

}  // namespace poolproof::translate::envoy
