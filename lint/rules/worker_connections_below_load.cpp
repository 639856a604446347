// Rule: a worker has fewer connections than the load that the user tells needs.
#include <cmath>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/told/advice.h"

namespace poolproof::lint {
namespace {

constexpr std::int64_t kDefaultConnections = 512;  // nginx 1.22.1

std::int64_t allowed_connections(const Scope& events) {
  return parse_number(events.value_or("worker_connections", "")).value_or(kDefaultConnections);
}

bool proxies(const EffectiveConfig& config) {
  for (const Location& location : config.locations()) {
    if (owns_pass(location)) return true;
  }
  return false;
}

/// Idle connections beyond those in use: what all pools together may hold.
std::int64_t idle_connections(const EffectiveConfig& config) {
  std::int64_t sum = 0;
  for (const Upstream& upstream : config.upstreams()) {
    if (upstream.has_pool() && !upstream.users.empty()) sum += upstream.keepalive.value.connections;
  }
  return sum;
}

void check(const RuleInput& input, Report& report) {
  const auto load = input.told.load();
  const auto workers = worker_count(input);
  const Scope* events = input.config.events();
  if (!load || !workers || events == nullptr || !proxies(input.config)) return;
  const double each = in_flight(per_worker(*load, *workers));
  const std::int64_t allowed = allowed_connections(*events), idle = idle_connections(input.config);
  const auto needed = static_cast<std::int64_t>(std::ceil(2 * each)) + idle;
  if (needed <= allowed) return;
  const Directive written = events->find("worker_connections").last();
  Diagnostic out = finding(
      Severity::kWarning, (written ? written : events->block()).head_span(),
      fmt::format(
          "{} requests are in flight per worker, each of them takes two connections, and "
          "the pools may hold {} idle ones: more than the {} `worker_connections`{}; clients "
          "are turned away; set {} or more",
          readable(each), idle, allowed, written ? "" : " of the default", 2 * needed));
  const std::string value = fmt::format("{}", 2 * needed);
  out.fix = unsafe_fix(
      "allow twice of what the load needs",
      {written ? replace_argument(written, 0, value)
               : insert_at_end(events->block(), fmt::format("worker_connections {};", value))});
  report.add(std::move(out));
}

}  // namespace

Rule worker_connections_below_load() {
  return {.name = "worker-connections-below-load",
          .group = Group::kSizing,
          .severity = Severity::kWarning,
          .summary =
              "For the load that is told (--qps, --latency) `worker_connections` is too small for "
              "clients, backends and idle connections.",
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
