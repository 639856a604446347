// Which server a request is for: nginx's order of names as rules.
#pragma once

#include <map>
#include <string>

#include "translate/haproxy/rule.h"
#include "translate/listeners.h"

namespace poolproof::translate::haproxy {

using ServerLabels = std::map<const Server*, std::string>;

/// Rules that leave the label of a server in txn.server. Nothing if there is but one.
std::string server_rules(const Shared& shared, const Listener& listener,
                         const ServerLabels& labels);

}  // namespace poolproof::translate::haproxy
