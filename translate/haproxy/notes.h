// What every frontend does first: it refuses what nginx refuses, and notes down what rules ask for.
#pragma once

#include <string>

#include "translate/haproxy/plan.h"

namespace poolproof::translate::haproxy {

/// Before the server is chosen: host, path, and the facts that were asked for.
std::string first_notes(const Shared& shared, const Listener& listener);

/// Once the server is known: what depends on its name, and the values of maps.
std::string later_notes(const Shared& shared, const Listener& listener, const Plan& plan);

/// A rule as a line, with its condition.
std::string line_of(const Rule& rule, std::string_view gate = {});

}  // namespace poolproof::translate::haproxy
