// What is done at one location, as a route without its match.
#pragma once

#include "translate/envoy/clusters.h"
#include "translate/envoy/operators.h"

namespace poolproof::translate::envoy {

/// `capturing`: the whole expression of the route, for `$1`; empty: there is none.
struct ActionPlace {
  TextPlace text;
  std::string capturing;
};

/// `return` at `at`, of a location or a server.
Tree answer_of(Shared& shared, const ActionPlace& place, Directive at, Tree route);
/// Passing on, answering, or a 404 where nginx would look for a file.
Tree action_of(Shared& shared, Clusters& clusters, const ActionPlace& place, Tree route);
/// The redirect of "/a" to "/a/".
Tree slash_redirect_of(Shared& shared, const Location& location, Tree route);

}  // namespace poolproof::translate::envoy
