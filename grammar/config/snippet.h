// What context a file belongs to that is looked at alone. Judges by the names of its top-level
// statements only.
#pragma once

#include "grammar/catalogue/catalogue.h"
#include "grammar/syntax/syntax_tree.h"

namespace poolproof {

/// Context::kMain unless the statements fit better elsewhere: servers and upstreams belong to http,
/// locations to a server, proxy_pass to a location. Of several that fit equally the outermost.
Context infer_context(const SyntaxTree& tree);

}  // namespace poolproof
