// The list of translators. To add one: its function here, its file in this folder.
#include "translate/targets.h"

#include <algorithm>
#include <array>

namespace poolproof::translate {
namespace {

// clang-format off
constexpr std::array kTargets = {
    Target{"caddy", "Caddy 2.6.2 and later", "Caddyfile", to_caddy},
    Target{"effective", "the merged model as JSON, with the origin of each value", "effective.json",
           to_effective},
    Target{"envoy", "Envoy 1.30 and later, a static bootstrap", "envoy.yaml", to_envoy},
    Target{"gateway-api", "Kubernetes Gateway API", "gateway.yaml", to_gateway},
    Target{"haproxy", "HAProxy 2.6 and later", "haproxy.cfg", to_haproxy},
    Target{"nginx", "one nginx file, also for another version of nginx", "nginx.conf", nullptr,
           to_nginx},
};
// clang-format on

}  // namespace

std::span<const Target> targets() {
  return kTargets;
}

const Target* find_target(std::string_view name) {
  const auto at = std::find_if(kTargets.begin(), kTargets.end(),
                               [&](const Target& target) { return target.name == name; });
  return at == kTargets.end() ? nullptr : &*at;
}

void lose(Translation& out, Severity severity, Directive at, std::string message) {
  Diagnostic found;
  found.rule = kNotTranslated;
  found.severity = severity;
  found.message = std::move(message);
  found.span = at ? at.head_span() : SourceSpan{};
  out.diagnostics.push_back(std::move(found));
}

}  // namespace poolproof::translate
