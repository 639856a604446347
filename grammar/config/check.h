// What is wrong with one statement where it stands, and with the merged whole. Called by the binder
// and by merge(); knows the catalogue's facts and no files.
#pragma once

#include <vector>

#include "grammar/base/diagnostic.h"
#include "grammar/catalogue/catalogue.h"
#include "grammar/config/bound_config.h"
#include "grammar/syntax/syntax_tree.h"

namespace poolproof {

class EffectiveConfig;

/// Judges one statement, which has at least its name. Returns the row that applies, or null if it
/// is unknown, misplaced, or an entry of a map-like block. Appends what nginx refuses: rules
/// "unknown-directive", "misplaced-directive", "wrong-argument-count", "missing-block",
/// "unexpected-block", "invalid-value".
const DirectiveSpec* check_statement(const SyntaxTree& tree, NodeId node, Context context,
                                     const LoadOptions& options, std::vector<Diagnostic>& out);

/// What nginx finds wrong only when all is merged. Returns the versions that its own was compared
/// with: between two of them it finds the same.
std::vector<Version> check_merged(const EffectiveConfig& config, std::vector<Diagnostic>& out);

}  // namespace poolproof
