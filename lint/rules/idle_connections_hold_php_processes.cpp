// Rule: idle FastCGI connections that keep all PHP processes busy with waiting.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/sharing_facts.h"
#include "lint/told/advice.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"fastcgi_keep_conn"};

const Location* keeps_connections(const Upstream& upstream) {
  for (const Location* user : upstream.users) {
    if (!user->pass || user->pass->protocol != Protocol::kFastcgi) continue;
    if (user->scope->flag_or("fastcgi_keep_conn", false)) return user;
  }
  return nullptr;
}

/// So many that all workers together leave a process free.
std::uint64_t bearable(const RuleInput& input, std::uint32_t processes) {
  const std::uint64_t each = processes / worker_count(input).value_or(1) /
                             std::max<std::uint64_t>(input.told.instances, 1);
  return each > 0 ? each - 1 : 0;
}

Fix fix_of(const RuleInput& input, const Upstream& upstream, const Location& location,
           Directive at) {
  const std::uint64_t fewer = bearable(input, told_processes(input, upstream));
  const Origin& pool = upstream.keepalive.origin;
  if (fewer > 0 && pool.kind == OriginKind::kExplicit) {
    return safe_fix(fmt::format("keep {} idle connections", fewer),
                    {replace_argument(pool.directive, 0, fmt::format("{}", fewer))});
  }
  const bool own = !location.scope->own("fastcgi_keep_conn").empty();
  return safe_fix(
      "close FastCGI connections after each request",
      {own ? replace_argument(at, 0, "off") : insert_setting(location, "fastcgi_keep_conn off;")});
}

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool() || upstream.peers.empty()) continue;
    if (!may_hold_all_processes(input, upstream)) continue;
    const bool asked = upstream.keepalive.origin.kind == OriginKind::kExplicit;
    const std::uint32_t kept = upstream.keepalive.value.connections;
    const Location* location = keeps_connections(upstream);
    if (location == nullptr) continue;
    const Directive at = location->scope->find("fastcgi_keep_conn").last();
    const bool counted = told_processes(input, upstream) != 0;
    Diagnostic out = finding(
        counted ? Severity::kError : Severity::kWarning, at.head_span(),
        fmt::format(
            "a PHP-FPM process serves only the connection that it has, also while that is idle, "
            "and each worker keeps up to {} of them{}: with fewer than that times the workers in "
            "`pm.max_children`, requests wait until they time out while processes are free; keep "
            "fewer in upstream `{}`, or turn this off",
            kept, asked ? "" : " (the default from nginx 1.29.7 on)", upstream.name));
    const Directive pool = asked ? upstream.keepalive.origin.directive : upstream.at;
    out.notes.push_back({pool.head_span(), "the pool that holds them"});
    out.fix = fix_of(input, upstream, *location, at);
    report.add(std::move(out));
  }
}

}  // namespace

Rule idle_connections_hold_php_processes() {
  return {.name = "idle-connections-hold-php-processes",
          .group = Group::kProtocol,
          .severity = Severity::kError,
          .summary =
              "PHP-FPM connections are kept in a pool that may hold every process: requests time "
              "out while processes are idle.",
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
