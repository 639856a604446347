// Names to addresses by the system's resolver. Blocks; for start-up only.
#pragma once

#include "runtime/plan.h"

namespace poolproof::runtime {

class SystemResolver : public Resolver {
 public:
  std::vector<Address> resolve(const std::string& host) override;
};

}  // namespace poolproof::runtime
