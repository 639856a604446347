// What is said of each server before its listeners are written: its own rules, and its locations in
// the order in which they are asked.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "translate/haproxy/backends.h"
#include "translate/haproxy/hosts.h"
#include "translate/haproxy/script.h"
#include "translate/route_order.h"

namespace poolproof::translate::haproxy {

/// One step of the search for a location.
struct Step {
  std::string condition;  // empty: always
  const Location* location = nullptr;
};

struct ServerPlan {
  std::string label;
  Script script;            // of the rewrite module, at the level of the server
  std::vector<Rule> after;  // headers of what the script answers
  std::vector<Step> steps;  // the first that holds; none if the script answers everything
};

struct Plan {
  std::map<const Server*, ServerPlan> servers;
  std::map<const Location*, std::string> labels;
  ServerLabels server_labels;
};

/// Adds the locations to `backends` as well.
Plan plan_servers(Shared& shared, Backends& backends);

}  // namespace poolproof::translate::haproxy
