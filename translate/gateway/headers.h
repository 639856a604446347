// Headers that go to the backend and to the client.
#pragma once

#include "translate/gateway/model.h"

namespace poolproof::translate::gateway {

/// What the API takes for a host: a DNS name, no address and no port.
bool is_hostname(std::string_view text);

/// proxy_set_header with its built-in Host, and add_header; what holds variables is told.
void add_headers(const Location& location, Rule& rule, Translation& out);

}  // namespace poolproof::translate::gateway
