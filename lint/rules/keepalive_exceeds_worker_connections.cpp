// Rule: the pools can take so many of a worker's connections that clients find none left.
#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::int64_t kDefaultWorkerConnections = 512;  // nginx 1.22.1

std::int64_t worker_connections(const EffectiveConfig& config) {
  const std::string_view written = config.events()->value_or("worker_connections", "");
  return parse_number(written).value_or(kDefaultWorkerConnections);
}

/// From 1.29.7 on each upstream that is used may keep 32, though nobody wrote that.
void check_defaults(const RuleInput& input, std::int64_t written, std::int64_t limit,
                    Report& report) {
  std::int64_t sum = written, pools = 0;
  for (const Upstream& upstream : input.config.upstreams()) {
    const bool by_default = upstream.keepalive.origin.kind == OriginKind::kDefault;
    if (!upstream.has_pool() || !by_default || upstream.users.empty()) continue;
    sum += upstream.keepalive.value.connections;
    ++pools;
  }
  if (pools == 0 || sum < limit) return;
  const Directive at = input.config.events()->find("worker_connections").last();
  report.add(finding(
      Severity::kWarning, (at ? at : input.config.events()->block()).head_span(),
      fmt::format("{} upstreams keep 32 idle connections by default, so the pools may hold {} of a "
                  "worker's {} connections, and nginx never takes these back for clients; raise "
                  "`worker_connections`, or write a smaller `keepalive` where little is asked",
                  pools, sum, limit)));
}

void check(const RuleInput& input, Report& report) {
  if (!input.config.events()) return;
  const std::int64_t limit = worker_connections(input.config);
  std::int64_t sum = 0;
  const Upstream* largest = nullptr;
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool() || upstream.keepalive.origin.kind != OriginKind::kExplicit) continue;
    sum += upstream.keepalive.value.connections;
    const auto kept = upstream.keepalive.value.connections;
    if (!largest || kept > largest->keepalive.value.connections) largest = &upstream;
  }
  if (!largest || 2 * sum < limit) return check_defaults(input, sum, limit, report);
  Diagnostic out = finding(
      sum >= limit ? Severity::kError : Severity::kWarning,
      largest->keepalive.origin.directive.head_span(),
      fmt::format(
          "the pools may hold {} idle connections of a worker's {}, and nginx never takes these "
          "back for clients; lower `keepalive` or raise `worker_connections`",
          sum, limit));
  const Found found = input.config.events()->find("worker_connections");
  if (!found.is_default()) out.notes.push_back({found.last().head_span(), "the limit"});
  report.add(std::move(out));
}

}  // namespace

Rule keepalive_exceeds_worker_connections() {
  return {.name = "keepalive-exceeds-worker-connections",
          .group = Group::kSizing,
          .severity = Severity::kWarning,
          .summary = "The pools may take half or more of a worker's connections.",
          .check = check};
}

}  // namespace poolproof::lint
