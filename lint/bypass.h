// A pass to an address that is the one server of a group: whose pool could it use?
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "lint/rule.h"

namespace poolproof::lint {

/// The groups with a pool and a single server, by that server. The configuration must outlive it.
class GroupsByServer {
 public:
  explicit GroupsByServer(const RuleInput& input);

  /// The group whose only server is the address that the location passes to, if its connections
  /// would be right for this location, too; null otherwise.
  const Upstream* bypassed_by(const Location& location) const;

 private:
  const RuleInput& input_;
  std::unordered_map<std::string, std::vector<const Upstream*>> groups_;
};

}  // namespace poolproof::lint
