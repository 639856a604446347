// One file from a bound configuration: includes resolved, indentation made even, words as written.
#pragma once

#include <string>

#include "translate/nginx/changes.h"

namespace poolproof::translate::nginx {

/// Comments on lines of their own stay before the statement or brace they stood before, others
/// behind what they stood behind; those at the end of an included file are not kept.
std::string write_file(const BoundConfig& config, const Changes& changes);

}  // namespace poolproof::translate::nginx
