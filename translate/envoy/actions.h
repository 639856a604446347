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

/// Routes without their match. `unsafe` comes before the usual one and is for unsafe_methods()
/// only.
struct ActionRoutes {
  Tree usual = Tree::map();
  std::optional<Tree> unsafe;
};

/// `return` at `at`, of a location or a server.
Tree answer_of(Shared& shared, const ActionPlace& place, Directive at);
/// Passing on, answering, or a 404 where nginx would look for a file.
ActionRoutes action_of(Shared& shared, Clusters& clusters, const ActionPlace& place);
/// The redirect of "/a" to "/a/".
Tree slash_redirect_of(Shared& shared, const Location& location);

}  // namespace poolproof::translate::envoy
