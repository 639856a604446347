// Judges the values of directives that nginx reads with its common readers. Private to
// grammar/config.
#pragma once

#include <vector>

#include "grammar/base/diagnostic.h"
#include "grammar/catalogue/catalogue.h"
#include "grammar/config/bound_config.h"

namespace poolproof {

/// Appends "invalid-value" for a value that nginx refuses. The number of arguments must be right.
void check_values(const SyntaxTree& tree, NodeId node, const DirectiveSpec& spec,
                  const LoadOptions& options, std::vector<Diagnostic>& out);

}  // namespace poolproof
