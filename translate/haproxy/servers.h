// The servers of an upstream and how they are treated, as lines of a `backend` section.
#pragma once

#include <string>
#include <vector>

#include "translate/haproxy/rule.h"

namespace poolproof::translate::haproxy {

struct ServerGroup {
  std::vector<std::string> head;     // balance, reuse, retries, timeouts
  std::vector<std::string> servers;  // one line each
};

/// For a location that passes to a known upstream.
ServerGroup server_group(Shared& shared, const Location& location);

}  // namespace poolproof::translate::haproxy
