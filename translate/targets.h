// The functions behind `--to`, one for each target. Each is in files of its own; targets.cpp lists
// them.
#pragma once

#include "translate/translation.h"

namespace poolproof::translate {

Translation to_haproxy(const EffectiveConfig& config);

}  // namespace poolproof::translate
