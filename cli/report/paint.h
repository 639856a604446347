// Colour, and text that is safe to print: what a configuration holds must not steer the terminal.
#pragma once

#include <string>
#include <string_view>

#include "cli/session.h"

namespace poolproof::cli {

enum class Colour { kError, kWarning, kInfo, kNote, kFix, kAdded, kRemoved, kDim, kBold };

/// The text in that colour, or as it is where the style has none.
std::string paint(std::string_view text, Colour colour, const TextStyle& style);

/// Control characters (also C1) and bytes that are not UTF-8 as U+FFFD; tabs and line breaks as one
/// blank.
std::string printable(std::string_view text);

/// The patch with its lines coloured; as it is where the style has no colour.
std::string paint_diff(std::string_view patch, const TextStyle& style);

}  // namespace poolproof::cli
