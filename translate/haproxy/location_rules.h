// One location as rules: what nginx does with a request from the moment that the location is chosen
// until it is passed on or answered.
#pragma once

#include <string>
#include <vector>

#include "translate/haproxy/script.h"

namespace poolproof::translate::haproxy {

struct LocationRules {
  const Location* location = nullptr;
  std::string label;  // what txn.location holds
  std::vector<Rule> request, response, after;
  bool passes = false;  // to servers; else the rules answer
};

/// `of_server`: the server's own rules, which may have changed the path.
LocationRules location_rules(Shared& shared, const Location& location, std::string label,
                             const Script& of_server);

}  // namespace poolproof::translate::haproxy
