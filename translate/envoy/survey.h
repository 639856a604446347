// What all locations of a listener ask for together: Envoy has one switch for each of these.
#pragma once

#include <vector>

#include "translate/envoy/shared.h"
#include "translate/listeners.h"

namespace poolproof::translate::envoy {

/// Of all its servers, with those around and inside; the servers' own settings are the first.
std::vector<const Location*> locations_of(const Listener& listener);

Gate survey(const EffectiveConfig& config, const Listener& listener);

}  // namespace poolproof::translate::envoy
