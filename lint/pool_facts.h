// Small questions about upstream connections that the verdict and several rules ask. Answers come
// from the EffectiveConfig; nothing here reports anything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grammar/config/effective_config.h"

namespace poolproof::lint {

/// The last entry of that name (compared without case), or null.
const HeaderField* find_header(const Location& location, std::string_view name);

/// The `proxy_set_header Connection` of an outer level that the location's own list replaces, if
/// the list that applies has no such entry; an empty handle otherwise.
Directive lost_connection_header(const Location& location);

/// The `proxy_set_header Host` of an outer level that the location's own list replaces, where it
/// passes to a group, an IP address or a socket, none of which is the host that was asked for; an
/// empty handle otherwise.
Directive lost_host_header(const Location& location);

/// True for a header that tells the backend of the client and its request: X-Forwarded-*,
/// X-Real-IP, Forwarded (RFC 7239).
bool is_forwarding_header(std::string_view name);

/// Those of an outer level that the location's own list replaces without its author having meant
/// it: what is meant repeats a line of the outer list or has a header of that kind itself. Empty
/// where it passes to the outside world, and for `internal` locations, which answer nginx.
std::vector<Directive> lost_forwarding_headers(const Location& location);

/// A balancer in Lua keeps connections of its own (`enable_keepalive` of OpenResty); an empty
/// handle where none does.
Directive lua_pool(const Upstream& upstream);

/// A socket or a literal IP address: no name that may stand for several addresses.
bool is_one_address(std::string_view address);

/// The addresses that a location whose pass holds variables may go to: as far as they are known, in
/// the order in which they are found.
struct VariableAddresses {
  std::vector<const Upstream*> fixed;      // IP addresses and sockets
  std::vector<const Upstream*> looked_up;  // host names that nginx looks up when a request comes
  /// It goes to nothing else: no group, nothing unknown.
  bool are_all = false;
};
VariableAddresses variable_addresses(const Location& location);

/// The one address that the location passes to, with variables in its argument or without; null
/// where there are others, or a group, or a host that is looked up for each request.
const Upstream* only_address(const Location& location);

/// Does `resolver` hold for the location? Without one nginx answers 502 (1.22.1, "no resolver
/// defined") where a host name becomes known with the request.
bool has_resolver(const Location& location);

/// The group that the location passes to and whose idle connections it could use, or null. Of a
/// pass with variables the first group that has a pool.
const Upstream* pooled_upstream(const Location& location);

/// The same, or a group whose `keepalive` is lost to the balancing method after it (before 1.29.7):
/// who repairs that wants the rest right, too.
const Upstream* meant_pool(const Location& location);

/// True where the location itself holds the pass: not a copy that nginx made for `if` or
/// limit_except.
bool owns_pass(const Location& location);

std::string in_lower_case(std::string_view text);

bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace poolproof::lint
