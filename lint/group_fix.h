// Fixes that let a location pass to an upstream group where it named an address: everything that
// nginx derives from the address (the Host header, the name in the TLS handshake, the rewriting of
// redirects) is written out, so that only the connections change.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "lint/rule.h"

namespace poolproof::lint {

/// A pass to this address could use a pool if it were that of a group; and the address is one, not
/// the name of a group that a fragment does not show.
bool could_pass_to_group(const RuleInput& input, const Location& location);

/// The address stands in the pass itself, whatever variables follow it in the path.
bool is_written_out(const Pass& pass);

/// "127.0.0.1:8080", "unix:/run/app.sock": the address that `server` in a group would have, with
/// the port that the scheme implies. Of a location that could pass to a group.
std::string server_address(const Location& location);

/// A name for a new group that nothing else has.
std::string new_group_name(const EffectiveConfig& config, const Pass& pass);

/// Makes these fixes for one configuration, which must outlive it.
class GroupFixes {
 public:
  explicit GroupFixes(const RuleInput& input) : input_(input) {}

  /// The edits in the location, or nothing where something would change besides the connections:
  /// what is sent or stored holds the name of the target, or may not be shared among clients.
  std::optional<std::vector<TextEdit>> edits(const Location& location,
                                             std::string_view group) const;

 private:
  bool is_target_named(const Location& location) const;
  const std::unordered_set<DirectiveId>& naming() const;

  const RuleInput& input_;
  /// Servers and locations with a statement that holds the name of a target; the root stands for
  /// all of them. Looked for when the first fix is made: most configurations need none.
  mutable std::optional<std::unordered_set<DirectiveId>> naming_;
};

}  // namespace poolproof::lint
