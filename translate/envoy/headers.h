// What is done with the fields of requests and responses at one location.
#pragma once

#include "translate/envoy/operators.h"

namespace poolproof::translate::envoy {

/// Adds the `request_headers_to_*` of the route, and the host to its action.
void add_request_headers(Shared& shared, const TextPlace& place, Tree& route, Tree& action);

/// The fields of the request (":path" and "host" among them) that are sent otherwise than they
/// came: whatever reads one later gets the value that was sent.
std::set<std::string> changed_fields(const Location& location);

/// `add_header` and what is hidden of the upstream's answer.
void add_response_headers(Shared& shared, const TextPlace& place, Tree& route, Tree added);

}  // namespace poolproof::translate::envoy
