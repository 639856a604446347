// Where a location leads by itself: `try_files` and `index` make nginx look for another location.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "translate/caddy/shared.h"

namespace poolproof::translate::caddy {

/// The location of a path without variables; null if there is none.
const Location* location_of(Shared& shared, const Server& server, std::string_view path);

/// The last word of `try_files` as a path and its arguments; `$is_args$args` is a question mark and
/// them.
struct LastTry {
  std::string_view path, arguments;
};
LastTry last_try(Directive tries);

/// "@name"; null if there is none.
const Location* named_location(const Server& server, std::string_view name);

/// The names of `index`, as written; nginx's own where there are none.
std::vector<std::string> index_names(const Scope& scope);

/// The path of an index file, as far as it is known: in the location's own folder.
std::string index_path(const Location& location, std::string_view name);

/// All that a location leads to, directly or through others. Without itself.
std::vector<const Location*> leads_to(Shared& shared, const Location& location);

}  // namespace poolproof::translate::caddy
