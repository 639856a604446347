// When the idle connection of one request is the wrong one for the next: what the pool does not
// look at. Asked by the rules that report it and by all that would create or widen a pool. Answers
// only; nothing here reports anything.
#pragma once

#include <string_view>
#include <vector>

#include "lint/rule.h"

namespace poolproof::lint {

/// The backend may log clients in by NTLM or Negotiate, which belongs to the connection.
bool logs_in_by_connection(const Location& location);

/// `proxy_bind` and its like with a value that depends on the request; an empty handle otherwise.
Directive changing_bind(const Location& location);
/// The values of that setting are made by `split_clients`: the addresses are all nginx's own.
bool binds_to_spread_ports(const EffectiveConfig& config, const Location& location);

/// `proxy_ssl_name` or `proxy_ssl_certificate` (and their like; `setting` is the part after the
/// protocol) with a value that depends on the request; an empty handle otherwise.
Directive changing_tls_setting(const EffectiveConfig& config, const Location& location,
                               std::string_view setting);

/// Locations that take connections from one pool.
using Users = std::vector<const Location*>;
Users users_of(const Upstream& upstream);

/// Two users of one pool with different settings, and where they stand.
struct Unlike {
  const Location* first = nullptr;
  const Location* second = nullptr;

  explicit operator bool() const { return second != nullptr; }
};
/// Users over TLS that verify, present or ask for different things.
Unlike unlike_tls(const Users& users);
/// One over http (first), one over https.
Unlike unlike_schemes(const Users& users);
/// One in HTTP/1 (first), one in HTTP/2 or gRPC.
Unlike unlike_versions(const Users& users);
/// Users that bind to different constant addresses.
Unlike unlike_binds(const Users& users);

/// A FastCGI server whose processes serve one connection each: by what a comment says, or by the
/// look of the addresses.
bool may_pin_processes(const RuleInput& input, const Upstream& upstream);

/// The smallest number of processes that a comment tells; 0: none is told.
std::uint32_t told_processes(const RuleInput& input, const Upstream& upstream);
/// The idle connections of all workers may be as many as the processes of such a server, told or
/// usual.
bool may_hold_all_processes(const RuleInput& input, const Upstream& upstream);

/// No location may get a connection that another one used: what differs is seen by `local` only.
bool mixes_locations(const Users& users);
/// A request must not even get a connection that the same location used before.
bool mixes_requests(const RuleInput& input, const Upstream& upstream);

/// All versions that are asked about are this one or later.
bool is_asked_from(const RuleInput& input, Version version);
/// " with `keepalive 0`", " (no `keepalive`)", or nothing where neither is right for all versions.
std::string_view how_to_turn_off(const RuleInput& input);
/// ", or a `local` pool" where all versions that are asked about have one.
std::string_view or_local_pool(const RuleInput& input);

/// Turns the pool off, where one statement does that for all versions that are asked about: safe.
/// Otherwise nothing.
std::optional<Fix> pool_off_fix(const RuleInput& input, const Upstream& upstream);
/// Gives each location its own part of an explicit pool (from 1.29.7 on): safe. Otherwise nothing.
std::optional<Fix> local_pool_fix(const RuleInput& input, const Upstream& upstream);

}  // namespace poolproof::lint
