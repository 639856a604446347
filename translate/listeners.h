// Servers as other proxies have them: by the address that is listened on, and in the order in which
// a request's host is compared, so that the first rule that matches is nginx's choice.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "grammar/config/effective_config.h"

namespace poolproof::translate {

/// One comparison of the host. Hosts compare without regard to case and without port.
struct HostRule {
  /// Never kDotted: ".example.com" is two rules.
  ServerNameKind kind = ServerNameKind::kExact;
  /// kExact: the name, "" for requests without Host. kLeadingWildcard: "*.example.com";
  /// kTrailingWildcard: "www.example.*"; kRegex: the pattern without `~`. Lower case but for
  /// patterns.
  std::string text;
  const Server* server = nullptr;
  Directive at;  // the server_name
};

struct Listener {
  std::string address;  // "0.0.0.0", "::", "127.0.0.1", "unix:/path"
  std::uint16_t port = 0;
  bool tls = false, http2 = false, quic = false, proxy_protocol = false;
  bool also_v4 = false;                // an address of IPv6 with `ipv6only=off`
  Directive at;                        // the first `listen`; the server that has none
  std::vector<const Server*> servers;  // in order of configuration
  std::vector<HostRule> hosts;         // the first that matches; of one text only the first server
  const Server* fallback = nullptr;    // the default server
};

/// In order of first appearance.
std::vector<Listener> listeners_of(const EffectiveConfig& config);

}  // namespace poolproof::translate
