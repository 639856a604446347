// Directives that later versions read and ignore. Apart from catalogue.h, for few ask.
#pragma once

#include "grammar/catalogue/catalogue.h"

namespace poolproof {

/// Accepted in that version, with a warning, and without a look at its arguments.
bool does_nothing(const DirectiveSpec& spec, Version version);

}  // namespace poolproof
