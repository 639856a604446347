// What is done where a server fails: proxy_next_upstream as retry policies.
#pragma once

#include <optional>

#include "translate/envoy/clusters.h"

namespace poolproof::translate::envoy {

struct Retries {
  std::optional<Tree> usual;
  /// Of POST, LOCK and PATCH where they are another: nginx tries these elsewhere only as long as
  /// nothing was sent (1.22.1), and Envoy has one policy for a route.
  std::optional<Tree> unsafe;
  bool has_unsafe = false;
  /// How long neither side may be silent, all tries together.
  std::chrono::milliseconds silence{};
};

Retries retries_of(Shared& shared, const Location& location, const Upstream& upstream);

/// The requests that nginx does not repeat once they were sent.
Tree unsafe_methods();

}  // namespace poolproof::translate::envoy
