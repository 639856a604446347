// proxy_set_header, add_header, proxy_hide_header, proxy_redirect as rules.
#pragma once

#include <vector>

#include "translate/haproxy/expression.h"

namespace poolproof::translate::haproxy {

/// What goes upstream beside what the client sent.
std::vector<Rule> request_headers(Shared& shared, const TextPlace& place);

/// What is taken out of the upstream's answer, and its Location.
std::vector<Rule> response_headers(Shared& shared, const TextPlace& place);

/// What every answer gets that is sent from here.
std::vector<Rule> added_headers(Shared& shared, const TextPlace& place);

/// Notes of the fields of an upstream's answer that were asked for since the last call.
std::vector<Rule> upstream_notes(Shared& shared);

}  // namespace poolproof::translate::haproxy
