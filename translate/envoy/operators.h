// Texts with nginx's variables as texts with Envoy's command operators.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "translate/envoy/shared.h"

namespace poolproof::translate::envoy {

/// Where the client's own X-Forwarded-Proto waits while Envoy writes its own.
inline constexpr std::string_view kClientsProtocol = "x-nginx-forwarded-proto";

struct TextPlace {
  const Server* server = nullptr;
  const Location* location = nullptr;
  bool in_log = false;
};

struct Operators {
  std::string text;
  bool constant = true;
  bool may_be_empty = true;
  std::set<std::string> headers;  // of the request that are read, in lower case
};

/// Nothing where a variable has no equivalent; that is told.
std::optional<Operators> operators_of(Shared& shared, const TextPlace& place, std::string_view text,
                                      Directive at);

/// The host that nginx names to the upstream: $proxy_host.
std::string proxy_host(const Pass& pass);
/// $server_name
std::string first_name(const Server& server);
/// "x_real_ip": "x-real-ip"
std::string with_dashes(std::string_view name);

}  // namespace poolproof::translate::envoy
