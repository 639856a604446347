// See bypass.h.
#include "lint/bypass.h"

#include <algorithm>

#include "lint/group_fix.h"
#include "lint/pool_facts.h"
#include "lint/sharing_facts.h"

namespace poolproof::lint {
namespace {

/// A server without a port has 80, whatever the scheme.
std::string with_port(const Peer& peer) {
  const std::string& address = peer.address;
  if (address.starts_with("unix:")) return address;
  const std::size_t colon = address.rfind(':');
  const bool has_port = colon != std::string::npos && address.find(']', colon) == std::string::npos;
  return has_port ? address : address + ":80";
}

/// Its connections are made as those of the location are.
bool suits(const Upstream& group, const Location& location) {
  Users with = users_of(group);
  with.push_back(&location);
  const bool same_protocol =
      std::all_of(group.users.begin(), group.users.end(), [&](const Location* user) {
        return !user->pass || user->pass->protocol == location.pass->protocol;
      });
  return same_protocol && !mixes_locations(with);
}

}  // namespace

GroupsByServer::GroupsByServer(const RuleInput& input) : input_(input) {
  for (const Upstream& group : input.config.upstreams()) {
    if (!group.has_pool() || group.peers.size() != 1) continue;
    const Peer& peer = group.peers.front();
    if (!peer.down && !peer.resolve) groups_[in_lower_case(with_port(peer))].push_back(&group);
  }
}

const Upstream* GroupsByServer::bypassed_by(const Location& location) const {
  if (!could_pass_to_group(input_, location)) return nullptr;
  const auto found = groups_.find(in_lower_case(server_address(*location.pass)));
  if (found == groups_.end()) return nullptr;
  for (const Upstream* group : found->second) {
    if (suits(*group, location)) return group;
  }
  return nullptr;
}

}  // namespace poolproof::lint
