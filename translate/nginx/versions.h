// A configuration moved from one nginx version to another: what the old one did by default is
// written out where the new one does something else, and what the new one lacks is told.
#pragma once

#include "grammar/config/effective_config.h"
#include "translate/nginx/changes.h"
#include "translate/translation.h"

namespace poolproof::translate::nginx {

/// `to` is the same configuration merged for the version that is written for.
struct Move {
  const EffectiveConfig& from;
  const EffectiveConfig& to;
  Changes& changes;
  Translation& out;

  Version old_version() const { return from.version(); }
  Version new_version() const { return to.version(); }
  bool crosses(Version version) const {
    return (old_version() < version) != (new_version() < version);
  }
};

void move_pools(Move& move);     // keepalive and its like in upstream blocks
void move_requests(Move& move);  // HTTP version and headers that proxy_pass sends
void move_defaults(Move& move);  // every other directive with another default
void tell_missing(Move& move);   // statements that the other version refuses

}  // namespace poolproof::translate::nginx
