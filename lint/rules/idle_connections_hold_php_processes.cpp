// Rule: idle FastCGI connections that keep all PHP processes busy with waiting.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/told/advice.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"fastcgi_keep_conn"};

/// PHP-FPM starts 5 processes where its packaged pool file is left alone (pm.max_children); above
/// this, who wrote a number did not count processes.
constexpr std::uint32_t kManyProcesses = 16;

/// By the address: PHP-FPM's port, or a socket or host that is called after it.
bool looks_like_php(const Peer& peer) {
  const std::string_view address = peer.address;
  return address.ends_with(":9000") || address.find("php") != std::string_view::npos ||
         address.find("fpm") != std::string_view::npos;
}

const Location* keeps_connections(const Upstream& upstream) {
  for (const Location* user : upstream.users) {
    if (!user->pass || user->pass->protocol != Protocol::kFastcgi) continue;
    if (user->scope->flag_or("fastcgi_keep_conn", false)) return user;
  }
  return nullptr;
}

/// The smallest number of processes that a comment tells; 0: none is told.
std::uint32_t told_processes(const RuleInput& input, const Upstream& upstream) {
  std::uint32_t least = 0;
  for (const Peer& peer : upstream.peers) {
    const auto told = input.backends.of(peer).max_connections.value_or(0);
    if (told != 0 && (least == 0 || told < least)) least = told;
  }
  return least;
}

bool may_hold_all(const RuleInput& input, const Upstream& upstream) {
  const std::uint64_t kept = upstream.keepalive.value.connections;
  if (const std::uint32_t processes = told_processes(input, upstream); processes != 0) {
    return kept * worker_count(input).value_or(1) * input.told.instances >= processes;
  }
  const bool asked = upstream.keepalive.origin.kind == OriginKind::kExplicit;
  if (asked && kept < kManyProcesses) return false;
  return std::all_of(upstream.peers.begin(), upstream.peers.end(), looks_like_php);
}

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool() || upstream.peers.empty()) continue;
    if (!may_hold_all(input, upstream)) continue;
    const bool asked = upstream.keepalive.origin.kind == OriginKind::kExplicit;
    const std::uint32_t kept = upstream.keepalive.value.connections;
    const Location* location = keeps_connections(upstream);
    if (location == nullptr) continue;
    const Directive at = location->scope->find("fastcgi_keep_conn").last();
    Diagnostic out = finding(
        Severity::kWarning, at.head_span(),
        fmt::format(
            "a PHP-FPM process serves only the connection that it has, also while that is idle, "
            "and each worker keeps up to {} of them{}: with fewer than that times the workers in "
            "`pm.max_children`, requests wait until they time out while processes are free; keep "
            "fewer in upstream `{}`, or turn this off",
            kept, asked ? "" : " (the default from nginx 1.29.7 on)", upstream.name));
    const Directive pool = asked ? upstream.keepalive.origin.directive : upstream.at;
    out.notes.push_back({pool.head_span(), "the pool that holds them"});
    report.add(std::move(out));
  }
}

}  // namespace

Rule idle_connections_hold_php_processes() {
  return {.name = "idle-connections-hold-php-processes",
          .group = Group::kProtocol,
          .severity = Severity::kWarning,
          .summary =
              "PHP-FPM connections are kept in a pool that may hold every process: requests time "
              "out while processes are idle.",
          .changes_at = {},
          .needs = kNeeds,
          .fix = std::nullopt,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
