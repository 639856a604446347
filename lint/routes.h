// Which locations really reuse upstream connections: one row per place that passes requests on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "grammar/base/version.h"
#include "grammar/config/effective_config.h"
#include "lint/reuse.h"

namespace poolproof::lint {

/// What other versions of the range say of the same place.
struct RouteDifference {
  std::string versions;  // "before 1.29.7"
  ReuseVerdict verdict;
};

struct Route {
  std::vector<std::string> server_names;  // as written; empty where the server has none
  std::vector<std::string> listen;        // as written; "*:80" where nginx's default applies
  std::string location;                   // "= /x", "~ \.php$", "/api/", "@fallback", "if (...)"
  SourceSpan span;                        // of the pass directive
  Protocol protocol = Protocol::kHttp;
  std::string target;                        // the argument as written
  std::string upstream;                      // name of the group; empty where there is none
  ReuseVerdict verdict;                      // of the newest version of the range
  std::vector<RouteDifference> differences;  // oldest first
};

/// A configuration merged for a stretch of versions in which no verdict differs.
struct Stretch {
  Version first;
  std::unique_ptr<EffectiveConfig> config;  // its verdicts hold for the whole stretch
};

/// The stretches of a range, oldest first; at least one.
std::vector<Stretch> merge_stretches(const BoundConfig& bound, VersionRange range);

/// What other versions say of a location of the newest stretch, which must have a pass; oldest
/// first.
std::vector<RouteDifference> other_verdicts(const std::vector<Stretch>& stretches,
                                            const Location& location);

/// Rows in the order of the servers and locations.
std::vector<Route> routes(const std::vector<Stretch>& stretches);

}  // namespace poolproof::lint
