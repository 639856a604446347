// Prose broken into lines.
#pragma once

#include <string>
#include <string_view>

namespace poolproof::cli {

/// `text` in lines of at most `width` columns, each beginning with `indent` and ending in a line
/// break; words longer than that stand alone.
std::string wrapped(std::string_view text, unsigned width, std::string_view indent);

}  // namespace poolproof::cli
