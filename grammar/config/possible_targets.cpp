// The groups that a pass target with variables may name for one kind of request. nginx compares the
// host part with all groups when the request comes; an `upstream` block matches only without a port
// (1.22.1, ngx_http_upstream_init_request).
#include <algorithm>

#include "grammar/config/effective_config.h"
#include "grammar/config/pass_target.h"
#include "grammar/config/value_resolver.h"

namespace poolproof {
namespace {

const Upstream* group_of(const EffectiveConfig& config, const PassTarget& target) {
  return target.port == 0 ? config.find_upstream(target.host) : nullptr;
}

}  // namespace

PossibleTargets possible_targets(const EffectiveConfig& config, const Location& location,
                                 const RequestAssumption& request) {
  PossibleTargets result;
  const ValueResolver resolver(config, location, &request);
  for (const std::string& text : resolver.evaluate(location.pass->target)) {
    const std::string_view authority = authority_of(text);
    if (authority.find(kUnknownText) != std::string_view::npos) {
      result.complete = false;
      continue;
    }
    const auto target = parse_pass_target(location.pass->protocol, authority);
    if (!target) continue;  // nginx answers 500: no connection is made
    const Upstream* group = group_of(config, *target);
    auto& found = result.upstreams;
    if (std::find(found.begin(), found.end(), group) == found.end()) found.push_back(group);
  }
  return result;
}

}  // namespace poolproof
