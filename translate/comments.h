// What the outputs of all targets have in comments: places in the source, and what was not said.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "translate/translation.h"

namespace poolproof::translate {

/// Control characters and bytes that are no UTF-8 as `?`: a comment must not end early.
std::string one_line(std::string_view text);

/// "nginx.conf:12"; empty for nothing.
std::string place_of(Directive at);

/// "nginx.conf:12: what is lost", one line for each diagnostic so far.
std::vector<std::string> not_said(const EffectiveConfig& config, const Translation& translation);

}  // namespace poolproof::translate
