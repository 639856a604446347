// Which context the inside of a block is. Knows names of blocks and nothing of their contents.
#pragma once

#include <string_view>

#include "grammar/catalogue/catalogue.h"

namespace poolproof {

/// The context inside the block `name` that stands in `outer`; `spec` is its row, or null if it is
/// unknown or misplaced there. Context::kUnknown where nothing inside can be judged.
Context block_context(std::string_view name, Context outer, const DirectiveSpec* spec);

}  // namespace poolproof
