// Inside of the syntax box: what indentation tells about a brace that is missing. Only ever a hint.
#pragma once

#include <optional>

#include "grammar/base/source.h"
#include "grammar/syntax/syntax_tree.h"

namespace poolproof {

/// The block after `outer` with the first `}` that begins a line and is indented less than the line
/// on which its block was opened: that brace was probably meant for a block further out. Nothing if
/// all look right. Takes time in proportion to the file.
std::optional<NodeId> find_misindented_block(const SyntaxTree& tree, const SourceText& source,
                                             NodeId outer);

}  // namespace poolproof
