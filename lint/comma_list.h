// Values of header fields that are lists.
#pragma once

#include <string_view>

namespace poolproof::lint {

/// RFC 9110, section 5.6.1: a comma-separated list, compared without case.
bool has_token(std::string_view list, std::string_view token);

}  // namespace poolproof::lint
