// One location as rules: what nginx does with a request from the moment that the location is chosen
// until it is passed on or answered.
#pragma once

#include <string>
#include <vector>

#include "translate/haproxy/expression.h"

namespace poolproof::translate::haproxy {

struct LocationRules {
  const Location* location = nullptr;
  std::string label;  // what txn.location holds
  std::vector<Rule> request, response, after;
  bool passes = false;  // to servers; else the rules answer
};

/// `server_rewrites`: the values of txn.rewrite by which the server's own rules changed the path.
LocationRules location_rules(Shared& shared, const Location& location, std::string label,
                             const std::string& server_rewrites);

}  // namespace poolproof::translate::haproxy
