// A pass to an address that is the one server of a group: whose pool could it use?
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lint/rule.h"

namespace poolproof::lint {

/// The groups with a pool and a single server, or with several that nothing passes to, by server.
/// The configuration must outlive it.
class GroupsByServer {
 public:
  explicit GroupsByServer(const RuleInput& input);

  /// The group that has the address that the location passes to as its only server, or that nothing
  /// uses and has it among others, if its connections
  /// would be right for this location, too; null otherwise.
  const Upstream* bypassed_by(const Location& location) const;

 private:
  struct Candidate {
    const Upstream* group = nullptr;
    /// A few users that stand for all; empty inside if none passes anything. Null if the users are
    /// not alike, so that no location suits. Found when the first location is compared.
    mutable std::optional<std::vector<const Location*>> users;
    mutable bool is_asked = false;
  };
  static bool suits(const Candidate& candidate, const Location& location);

  const RuleInput& input_;
  std::unordered_map<std::string, std::vector<Candidate>> groups_;
};

}  // namespace poolproof::lint
