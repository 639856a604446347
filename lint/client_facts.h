// What applies to the connections of clients: how long they are kept, for how many requests, and
// over which protocols they come. Shared by the rules about the client's side.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/rule.h"

namespace poolproof::lint {

/// `keepalive_timeout TIMEOUT [HEADER]` where it applies; the directive is empty for the default.
struct ClientTimeout {
  std::chrono::milliseconds timeout{75'000};  // nginx's default
  std::chrono::milliseconds header{0};        // 0: no Keep-Alive header is sent
  Directive at;
};
ClientTimeout client_timeout(const Scope& scope);

/// A listening socket of the server speaks HTTP/2 or HTTP/3: by its own `listen`, by that of
/// another server on the same address and port, or by `http2 on` (nginx 1.25.1).
bool speaks_multiplexed(const EffectiveConfig& config, const Server& server);

/// Every statement of that name in `http` and all that is inside of it, in no particular order.
std::vector<Directive> client_statements(const EffectiveConfig& config, std::string_view name);

/// The server only answers with `return` or its counters: redirects, health pages, a catch-all. How
/// its connections are kept matters to nobody.
bool only_returns(const Server& server);

/// A load balancer in front, and what gives it away.
struct FrontBalancer {
  std::string name;
  std::chrono::milliseconds idle{};  // how long it keeps its connections to nginx
  std::string advice;                // a `keepalive_timeout` that is longer
  SourceSpan evidence;
};
/// As a comment tells it.
std::optional<FrontBalancer> told_in_front(const RuleInput& input, const Server& server);
std::optional<FrontBalancer> google_in_front(const Server& server);
std::optional<FrontBalancer> amazon_in_front(const EffectiveConfig& config);

/// Since then HTTP/2 connections follow keepalive_timeout and keepalive_requests; before they had
/// http2_idle_timeout and http2_max_requests.
inline constexpr Version kHttp2FollowsKeepalive{1, 19, 7};

}  // namespace poolproof::lint
