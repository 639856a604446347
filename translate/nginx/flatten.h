// Everything inherited, explicit in each location.
#pragma once

#include "grammar/config/effective_config.h"
#include "translate/nginx/changes.h"

namespace poolproof::translate::nginx {

/// Copies lists as a whole. What would mean something else in an inner block is left to be
/// inherited: `alias` (and the `root` that it hides), `proxy_redirect default`, lists to which
/// inner blocks add, and a cache beside a store.
void flatten(const EffectiveConfig& config, Changes& changes);

}  // namespace poolproof::translate::nginx
