// What one `rewrite` writes: another path, or a redirect.
#pragma once

#include <optional>
#include <string>

#include "translate/caddy/expression.h"

namespace poolproof::translate::caddy {

struct Rewrite {
  Directive at;
  std::string name;     // of the matcher that took $1 to $9
  std::string pattern;  // as Go reads it
  bool moves = false;   // answers with a redirect
};

/// What happens where the matcher holds. `place` has what it took as its last captures. Nothing:
/// it cannot be said, and was told.
std::optional<Lines> rewrite_lines(Shared& shared, const TextPlace& place, const Rewrite& rewrite);

/// Makes a path, ready for word(), and arguments, as the configuration has them, the request's
/// target. Variables go into the arguments as they are. Nothing: one cannot be said, and was told.
std::optional<Lines> target_lines(Shared& shared, const TextPlace& place, Directive at,
                                  const std::string& path, std::string_view arguments);

}  // namespace poolproof::translate::caddy
