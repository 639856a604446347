// Rule: the idle connections of all workers are more than the backend takes.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/told/advice.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"upstream"};

/// PHP-FPM and its like have a rule of their own.
bool is_for_fastcgi(const Upstream& upstream) {
  for (const Location* user : upstream.users) {
    if (user->pass && user->pass->protocol == Protocol::kFastcgi) return true;
  }
  return false;
}

void check(const RuleInput& input, Report& report) {
  if (input.backends.is_empty()) return;
  const std::uint64_t workers = worker_count(input).value_or(1);
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool() || upstream.users.empty() || is_for_fastcgi(upstream)) continue;
    const std::uint64_t kept =
        upstream.keepalive.value.connections * workers * input.told.instances;
    for (const Peer& peer : upstream.peers) {
      const BackendNote note = input.backends.of(peer);
      const std::uint32_t limit = note.connection_limit();
      if (limit == 0 || kept <= limit) continue;
      const bool pins = note.pins_processes();
      Diagnostic out = finding(
          pins ? Severity::kError : Severity::kWarning, peer.at.head_span(),
          fmt::format(
              "{} takes {} connections, and nginx may keep {} idle ones ({} for each of {} "
              "worker{}{}): {}; keep at most {} in upstream `{}`",
              note.name(), limit, kept, upstream.keepalive.value.connections, workers,
              workers == 1 ? "" : "s",
              input.told.instances == 1 ? std::string()
                                        : fmt::format(" of {} instances", input.told.instances),
              pins ? "each of them occupies a process that then serves nobody"
                   : "new ones are then refused or wait",
              std::max<std::uint64_t>(limit / workers / input.told.instances, 1), upstream.name));
      out.notes.push_back({note.at, "said here"});
      report.add(std::move(out));
      break;
    }
  }
}

}  // namespace

Rule keepalive_exceeds_backend() {
  return {.name = "keepalive-exceeds-backend",
          .group = Group::kSizing,
          .severity = Severity::kError,
          .summary =
              "The idle connections of all workers may be more than the backend takes (a comment "
              "tells its limit).",
          .changes_at = {},
          .needs = kNeeds,
          .fix = std::nullopt,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
