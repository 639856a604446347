// Listeners as sites.
#pragma once

#include <string>
#include <vector>

#include "translate/caddy/shared.h"
#include "translate/listeners.h"

namespace poolproof::translate::caddy {

/// Listeners that do the same on several addresses of a port.
struct Group {
  std::vector<const Listener*> listeners;
};
std::vector<Group> groups_of(const std::vector<Listener>& listeners);

/// The site blocks of a group, and what they import.
std::string sites_of(Shared& shared, const Group& group);

/// What the global options say of a group.
Lines options_of(Shared& shared, const Group& group);

/// The words of `tls`, for the server whose certificate it is.
Lines tls_lines(Shared& shared, const Server& server);

}  // namespace poolproof::translate::caddy
