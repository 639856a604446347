// See advice.h.
#include "lint/told/advice.h"

#include <algorithm>

#include "grammar/syntax/values.h"

namespace poolproof::lint {

std::optional<std::uint32_t> worker_count(const RuleInput& input) {
  const std::string_view text = input.config.main().value_or("worker_processes", "1");
  if (text == "auto") return input.told.workers;
  const auto number = parse_number(text);
  if (!number || *number < 1 || *number > 65536) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

std::uint32_t serving_peers(const Upstream& upstream) {
  const auto count = std::count_if(upstream.peers.begin(), upstream.peers.end(),
                                   [](const Peer& peer) { return !peer.backup && !peer.down; });
  return std::max<std::uint32_t>(static_cast<std::uint32_t>(count), 1);
}

Recommendation advice_for(const RuleInput& input, const Upstream& upstream) {
  return recommended_keepalive(serving_peers(upstream), worker_count(input).value_or(1),
                               input.told.load());
}

}  // namespace poolproof::lint
