// See idle_times.h.
#include "lint/told/idle_times.h"

namespace poolproof::lint {

std::optional<FirstToClose> first_to_close(const RuleInput& input, const Upstream& upstream) {
  if (!upstream.has_pool() || upstream.users.empty()) return std::nullopt;
  std::optional<FirstToClose> first;
  for (const Peer& peer : upstream.peers) {
    const BackendNote note = input.backends.of(peer);
    const auto idle = note.idle_time();
    if (!idle || idle->count() == 0) continue;
    if (!first || *idle < first->idle) first = FirstToClose{*idle, note};
  }
  return first;
}

bool meets_closing(const Upstream& upstream, std::chrono::milliseconds backend_idle) {
  return upstream.keepalive_timeout.value > backend_idle - std::chrono::seconds(1);
}

}  // namespace poolproof::lint
