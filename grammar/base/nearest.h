// "Did you mean": the known name that is closest to what was typed.
#pragma once

#include <span>
#include <string_view>

namespace poolproof {

/// Empty where none is close: more than a third of the name would have to be changed.
std::string_view nearest(std::string_view typed, std::span<const std::string_view> known);

}  // namespace poolproof
