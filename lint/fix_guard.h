// Decides whether a round of fixes made a configuration worse, by what nginx would refuse and by
// the effective values that no fix may touch. Knows no edits.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "grammar/config/bound_config.h"
#include "lint/linter.h"

namespace poolproof::lint {

/// What must survive a fix.
struct Snapshot {
  std::size_t syntax_errors = 0;
  std::size_t config_errors = 0;                // all that nginx refuses, syntax errors included
  std::map<std::string, std::size_t> findings;  // per rule
  std::size_t rule_errors = 0;                  // of severity error, by rules
  /// Those of them that are unwelcome, per rule, and for which there is no fix that can be made.
  std::map<std::string, std::size_t> lasting;
  /// For each location and version stretch: its request headers but Connection, Host and those
  /// below, and whether it passes requests on.
  std::vector<std::string> locations;
  /// For each of them the headers that tell of the client, sorted: a fix may add some.
  std::vector<std::vector<std::string>> forwarding;
};

/// An error of a rule that no fix may bring. Not one about a size: a pool that is too large is
/// told, and is less of a fault than one that is never used.
bool is_unwelcome(const Diagnostic& finding);

/// `is_repairable`: there is a fix for the finding, now or in a later round, or with --unsafe.
Snapshot take_snapshot(const BoundConfig& config, const LintResult& result, VersionRange versions,
                       const std::function<bool(const Diagnostic&)>& is_repairable);

/// Why `after` is not acceptable as the result of fixing `rules` in `before`; empty if it is.
std::string what_got_worse(const Snapshot& before, const Snapshot& after,
                           const std::vector<std::string>& rules);

}  // namespace poolproof::lint
