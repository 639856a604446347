// The source line of a finding with the place marked under it, column for column as a terminal
// shows it.
#pragma once

#include <string>
#include <string_view>

#include "grammar/base/source.h"

namespace poolproof::cli {

struct Excerpt {
  std::string line;    // safe to print; tabs are blanks up to the next multiple of four
  std::string marker;  // blanks, then `^~~~` under the place
};

/// The line on which `span` begins. A longer line than `width` columns is cut around the place, the
/// cuts shown as "…". A span over several lines is marked to the end of its first.
Excerpt excerpt_of(const SourceText& source, SourceSpan span, unsigned width);

/// Columns that the UTF-8 text takes on a terminal: East Asian wide characters two, combining marks
/// none (by glibc's tables). The text must be printable (see paint.h).
unsigned display_width(std::string_view text);

}  // namespace poolproof::cli
