// The functions behind `--to`, one for each target. Each is in files of its own; targets.cpp lists
// them.
#pragma once

#include "translate/translation.h"

namespace poolproof::translate {

Translation to_caddy(const EffectiveConfig& config);
Translation to_effective(const EffectiveConfig& config);
Translation to_envoy(const EffectiveConfig& config);
Translation to_gateway(const EffectiveConfig& config);
Translation to_haproxy(const EffectiveConfig& config);
Translation to_nginx(const EffectiveConfig& config, const TranslateOptions& options);

}  // namespace poolproof::translate
