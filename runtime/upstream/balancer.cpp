// Smooth weighted round robin, the passing over to backups, and the accounting of failures, all
// exactly as nginx 1.22.1 does them (ngx_http_upstream_round_robin.c). The other methods build on
// this one.
#include "runtime/upstream/balancer.h"

#include <algorithm>

namespace poolproof::runtime {

Balancer::Balancer(const UpstreamPlan& plan, Random random)
    : plan_(plan), random_(std::move(random)) {
  const auto primaries = static_cast<std::uint32_t>(plan.peers.size());
  const auto all = static_cast<std::uint32_t>(primaries + plan.backups.size());
  states_.resize(all);
  for (std::uint32_t number = 0; number < all; ++number) {
    states_[number].effective_weight = peer(number).weight;
    std::uint32_t same = 0;
    while (!(peer(same).address == peer(number).address)) ++same;
    pool_peers_.push_back(same);
  }
  primary_ = make_group(0, primaries);
  backup_ = make_group(primaries, all);
  primary_.single = primaries == 1 && all == 1;
}

Balancer::Group Balancer::make_group(std::uint32_t begin, std::uint32_t end) const {
  Group group{begin, end, 0, false, 0};
  for (std::uint32_t number = begin; number < end; ++number) {
    group.total_weight += static_cast<std::uint32_t>(peer(number).weight);
    if (!peer(number).down) ++group.tries;
  }
  return group;
}

const PeerPlan& Balancer::peer(std::uint32_t number) const {
  const std::size_t primaries = plan_.peers.size();
  return number < primaries ? plan_.peers[number] : plan_.backups[number - primaries];
}

void Balancer::start(PeerSelection& selection, std::string_view key) const {
  selection.current = kNoPeer;
  selection.tries = primary_.tries + backup_.tries;
  selection.using_backups = false;
  selection.tried.assign((states_.size() + 63) / 64, 0);
  selection.hash = 0;
  selection.rehashes = 0;
  selection.method_tries = 0;
  selection.key = key;
}

bool Balancer::is_usable(std::uint32_t number, const PeerSelection& selection,
                         std::int64_t now_s) const {
  const PeerPlan& plan = peer(number);
  const PeerState& state = states_[number];
  if ((selection.tried[number / 64] >> (number % 64) & 1) != 0 || plan.down) return false;
  if (plan.max_fails != 0 && state.fails >= plan.max_fails &&
      now_s - state.checked_s <= plan.fail_timeout_s) {
    return false;
  }
  return plan.max_conns == 0 || state.connections < plan.max_conns;
}

std::uint32_t Balancer::take(PeerSelection& selection, std::uint32_t number, std::int64_t now_s) {
  PeerState& state = states_[number];
  if (now_s - state.checked_s > peer(number).fail_timeout_s) state.checked_s = now_s;
  ++state.connections;
  selection.current = number;
  selection.tried[number / 64] |= std::uint64_t{1} << (number % 64);
  return number;
}

std::uint32_t Balancer::pick(PeerSelection& selection, std::int64_t now_s) {
  if (!selection.using_backups && !primary_.single) {
    const std::uint32_t chosen = choose(selection, now_s);
    if (chosen != kNoPeer) return take(selection, chosen, now_s);
  }
  return pick_in_groups(selection, now_s);
}

std::uint32_t Balancer::pick_in_groups(PeerSelection& selection, std::int64_t now_s) {
  if (!selection.using_backups) {
    const std::uint32_t number = pick_in_group(selection, primary_, now_s);
    if (number != kNoPeer || backup_.begin == backup_.end) return number;
    selection.using_backups = true;
  }
  return pick_in_group(selection, backup_, now_s);
}

std::uint32_t Balancer::pick_in_group(PeerSelection& selection, const Group& group,
                                      std::int64_t now_s) {
  if (group.single) {  // neither failures nor earlier tries are asked about
    const PeerPlan& only = peer(group.begin);
    PeerState& state = states_[group.begin];
    if (only.down || (only.max_conns != 0 && state.connections >= only.max_conns)) {
      selection.current = kNoPeer;
      return kNoPeer;
    }
    ++state.connections;
    return selection.current = group.begin;
  }
  const std::uint32_t number = choose_in_group(selection, group, now_s);
  if (number != kNoPeer) return take(selection, number, now_s);
  return selection.current = kNoPeer;
}

std::uint32_t Balancer::choose(PeerSelection&, std::int64_t) {
  return kNoPeer;
}

std::uint32_t Balancer::choose_in_group(PeerSelection& selection, const Group& group,
                                        std::int64_t now_s) {
  return smooth_weighted(group,
                         [&](std::uint32_t number) { return is_usable(number, selection, now_s); });
}

std::uint32_t Balancer::peer_at_weight(const Group& group, std::uint32_t weight) const {
  std::uint32_t number = group.begin;
  while (weight >= static_cast<std::uint32_t>(peer(number).weight)) {
    weight -= static_cast<std::uint32_t>(peer(number).weight);
    ++number;
  }
  return number;
}

bool Balancer::release(PeerSelection& selection, PeerResult result, std::int64_t now_s) {
  const PeerPlan& plan = peer(selection.current);
  PeerState& state = states_[selection.current];
  --state.connections;
  if (primary_.single) {
    selection.tries = 0;
    return false;
  }
  if (selection.tries > 0) --selection.tries;
  if (result != PeerResult::kFailed) {
    if (state.accessed_s < state.checked_s)
      state.fails = 0;  // it has passed the trial after its pause
    return false;
  }
  ++state.fails;
  state.accessed_s = state.checked_s = now_s;
  if (plan.max_fails == 0) return false;
  state.effective_weight = std::max(0, state.effective_weight - plan.weight / plan.max_fails);
  return state.fails >= plan.max_fails;
}

}  // namespace poolproof::runtime
