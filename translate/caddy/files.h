// Files: where they are, and locations that answer with them.
#pragma once

#include <functional>
#include <string_view>

#include "translate/caddy/expression.h"

namespace poolproof::translate::caddy {

/// Says where the files of a location are. false: it cannot be said, and was told.
bool add_root(Shared& shared, const TextPlace& place, Lines& to);

/// What nginx refuses where it serves files, before it looks for one.
Lines refuse_methods(Shared& shared);

/// Answers with a path that belongs to another location: nothing if it belongs to this one.
using Elsewhere = std::function<Lines(std::string_view path)>;

/// `file_server` and what nginx does around it. The root is said before. `fields`: what all answers
/// get that are not another location's.
Lines file_lines(Shared& shared, const TextPlace& place, const Elsewhere& elsewhere,
                 const Lines& fields);

}  // namespace poolproof::translate::caddy
