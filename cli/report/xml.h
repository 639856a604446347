// Text for XML 1.0 documents.
#pragma once

#include <string>
#include <string_view>

namespace poolproof::cli {

/// For attributes and elements: markup as entities; what XML cannot hold (control characters, bytes
/// that are not UTF-8, U+FFFE, U+FFFF) as U+FFFD, line breaks and tabs as one blank.
std::string xml_escaped(std::string_view text);

}  // namespace poolproof::cli
