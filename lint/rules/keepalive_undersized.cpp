// Rule: for the load that the user tells, the pool is too small to absorb its swing.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/sizing/sim_load.h"
#include "lint/told/advice.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"upstream"};

/// Above one new connection in twenty requests the pool is called too small.
constexpr double kMostOpened = 0.05;
/// Enough for two digits, and a few milliseconds of work.
constexpr std::uint64_t kSimulated = 60'000;

std::optional<SizePoint> simulated(const Upstream& upstream, Load load, std::uint32_t workers) {
  LoadModel model;
  model.load = load;
  model.workers = workers;
  model.servers = serving_peers(upstream);
  model.requests = kSimulated;
  if (in_flight(per_worker(load, workers)) > kMostInFlight) return std::nullopt;
  const Curve curve = simulate(model, {upstream.keepalive.value.connections});
  if (curve.empty()) return std::nullopt;
  return curve.front();
}

void check(const RuleInput& input, Report& report) {
  const auto load = input.told.load();
  const auto workers = worker_count(input);
  if (!load || !workers) return;
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool() || upstream.users.empty()) continue;
    const std::uint32_t kept = upstream.keepalive.value.connections;
    const Recommendation advice = advice_for(input, upstream);
    if (kept >= advice.keepalive) continue;
    const auto point = simulated(upstream, *load, *workers);
    if (!point || point->opened_per_request <= kMostOpened) continue;
    const bool written = upstream.keepalive.origin.kind == OriginKind::kExplicit;
    const Directive at = written ? upstream.keepalive.origin.directive : upstream.at;
    Diagnostic out = finding(
        Severity::kWarning, at.head_span(),
        fmt::format("with {} idle connections for each worker{}, {} % of the requests to upstream "
                    "`{}` open a new one, {} each second; keep {}: {}",
                    kept, written ? "" : " (the default)",
                    readable(100 * point->opened_per_request), upstream.name,
                    readable(point->opened_per_second), advice.keepalive, advice.reason));
    const std::string value = fmt::format("{}", advice.keepalive);
    out.fix =
        unsafe_fix(fmt::format("keep {} idle connections", value),
                   {written ? replace_argument(at, 0, value)
                            : insert_at_end(upstream.at, fmt::format("keepalive {};", value))});
    report.add(std::move(out));
  }
}

}  // namespace

Rule keepalive_undersized() {
  return {.name = "keepalive-undersized",
          .group = Group::kSizing,
          .severity = Severity::kWarning,
          .summary =
              "For the rate and latency that are told (--qps, --latency) more than one request in "
              "twenty finds no idle connection.",
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
