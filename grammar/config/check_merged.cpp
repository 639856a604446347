// What nginx refuses once all is read: see the parts.
#include "grammar/config/check.h"

namespace poolproof {

void check_merged(const EffectiveConfig&, std::vector<Diagnostic>&) {}

}  // namespace poolproof
