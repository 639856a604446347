// `proxy_set_header` statements in words and as lines to write again. Reports nothing.
#pragma once

#include <string>
#include <vector>

#include "grammar/config/bound_config.h"

namespace poolproof::lint {

/// "`X-Real-IP` and `X-Forwarded-For`": each name once, in the order of the statements.
std::string header_names(const std::vector<Directive>& statements);

/// The statements, one a line, without a line break at the end.
std::string header_lines(const std::vector<Directive>& statements);

}  // namespace poolproof::lint
