// One cluster.
#pragma once

#include "translate/envoy/shared.h"
#include "translate/reuse.h"

namespace poolproof::translate::envoy {

struct ClusterPlan {
  const Location& location;
  const Upstream& upstream;
  Keeps keeps = Keeps::kNever;
  std::string name;
};

Tree cluster_of(Shared& shared, const ClusterPlan& plan);

}  // namespace poolproof::translate::envoy
