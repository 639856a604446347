// FastCGI: the parameters of a location as an `fcgi-app` section.
#pragma once

#include <string>
#include <vector>

#include "translate/haproxy/expression.h"

namespace poolproof::translate::haproxy {

/// The lines of the section, without its name.
std::vector<std::string> fcgi_lines(Shared& shared, const TextPlace& place);

}  // namespace poolproof::translate::haproxy
