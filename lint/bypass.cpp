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

bool have_one_protocol(const Users& users) {
  const Location* first = nullptr;
  for (const Location* user : users) {
    if (!user->pass) continue;
    if (first == nullptr) first = user;
    if (user->pass->protocol != first->pass->protocol) return false;
  }
  return true;
}

/// Of users that are alike: a few in which another location differs from any if it differs from
/// one. Not all that are alike use TLS (gRPC), and not all bind to a constant address.
std::optional<Users> representatives(const Upstream& group) {
  const Users users = users_of(group);
  if (!have_one_protocol(users) || mixes_locations(users)) return std::nullopt;
  const Location* any = nullptr;
  const Location* over_tls = nullptr;
  const Location* bound = nullptr;
  for (const Location* user : users) {
    if (!user->pass) continue;
    if (any == nullptr) any = user;
    if (over_tls == nullptr && user->pass->tls) over_tls = user;
    if (bound == nullptr && !changing_bind(*user)) bound = user;
  }
  Users out;
  for (const Location* user : {any, over_tls, bound}) {
    if (user != nullptr) out.push_back(user);
  }
  return out;
}

}  // namespace

GroupsByServer::GroupsByServer(const RuleInput& input) : input_(input) {
  for (const Upstream& group : input.config.upstreams()) {
    if (!group.has_pool()) continue;
    // Who names one of several servers may mean that one, unless nothing uses their group.
    if (group.peers.size() != 1 && !group.users.empty()) continue;
    for (const Peer& peer : group.peers) {
      if (peer.down || peer.resolve || peer.backup) continue;
      groups_[in_lower_case(with_port(peer))].push_back({&group, {}});
    }
  }
}

/// Its connections are made as those of the location are.
bool GroupsByServer::suits(const Candidate& candidate, const Location& location) {
  if (!candidate.is_asked) candidate.users = representatives(*candidate.group);
  candidate.is_asked = true;
  if (!candidate.users) return false;
  Users with = *candidate.users;
  with.push_back(&location);
  return have_one_protocol(with) && !mixes_locations(with);
}

const Upstream* GroupsByServer::bypassed_by(const Location& location) const {
  if (!could_pass_to_group(input_, location)) return nullptr;
  const auto found = groups_.find(in_lower_case(server_address(location)));
  if (found == groups_.end()) return nullptr;
  for (const Candidate& each : found->second) {
    if (suits(each, location)) return each.group;
  }
  return nullptr;
}

}  // namespace poolproof::lint
