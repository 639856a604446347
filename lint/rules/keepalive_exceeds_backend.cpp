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

/// What memcached takes without `-c` (memcached 1.6).
constexpr std::uint32_t kMemcachedLimit = 1024;

bool is_for_memcached(const Upstream& upstream) {
  for (const Location* user : upstream.users) {
    if (!user->pass || user->pass->protocol != Protocol::kMemcached) return false;
  }
  return !upstream.users.empty();
}

/// With `worker_processes auto` this many workers would be too many, and machines have them.
constexpr std::uint64_t kLargeMachine = 32;

struct Kept {
  std::uint64_t by_each = 0;  // worker
  std::uint64_t workers = 1;
  bool workers_known = true;
  std::uint64_t instances = 1;

  std::uint64_t all() const { return by_each * workers * instances; }
};

Kept kept_by(const RuleInput& input, const Upstream& upstream, std::uint32_t limit) {
  Kept out{upstream.keepalive.value.connections, 1, true, input.told.instances};
  if (const auto workers = worker_count(input)) {
    out.workers = *workers;
  } else if (out.all() <= limit && out.all() * kLargeMachine > limit) {
    out.workers_known = false;
    out.workers = limit / out.all() + 1;
  }
  return out;
}

std::string counted_out(const Kept& kept) {
  return fmt::format(
      "{} for each of {} worker{}{}", kept.by_each, kept.workers, kept.workers == 1 ? "" : "s",
      kept.instances == 1 ? std::string() : fmt::format(" of {} instances", kept.instances));
}

std::string sentence(const Upstream& upstream, std::string_view name, std::uint32_t limit,
                     const Kept& kept, bool pins) {
  const std::string_view cost = pins ? "each of them occupies a process that then serves nobody"
                                     : "new ones are then refused or wait";
  const std::uint64_t bearable = std::max<std::uint64_t>(limit / kept.workers / kept.instances, 1);
  if (!kept.workers_known) {
    return fmt::format(
        "{} takes {} connections, and on a machine of {} processors or more nginx may "
        "keep {} idle ones ({}; a container counts those of its host): {}; name the "
        "number of workers, or keep fewer in upstream `{}`",
        name, limit, kept.workers, kept.all(), counted_out(kept), cost, upstream.name);
  }
  return fmt::format(
      "{} takes {} connections, and nginx may keep {} idle ones ({}): {}; keep at most "
      "{} in upstream `{}`",
      name, limit, kept.all(), counted_out(kept), cost, bearable, upstream.name);
}

/// True if it had something to say.
bool check_peer(const RuleInput& input, const Upstream& upstream, const Peer& peer,
                Report& report) {
  const BackendNote note = input.backends.of(peer);
  const bool memcached = note.connection_limit() == 0 && is_for_memcached(upstream);
  const std::uint32_t limit = memcached ? kMemcachedLimit : note.connection_limit();
  const Kept kept = kept_by(input, upstream, limit);
  if (limit == 0 || kept.all() <= limit) return false;
  const bool pins = note.pins_processes();
  const bool grave = pins && kept.workers_known;
  const std::string name = memcached ? "memcached (without `-c`)" : note.name();
  Diagnostic out = finding(grave ? Severity::kError : Severity::kWarning, peer.at.head_span(),
                           sentence(upstream, name, limit, kept, pins));
  if (!note.is_empty()) out.notes.push_back({note.at, "said here"});
  report.add(std::move(out));
  return true;
}

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool() || upstream.users.empty() || is_for_fastcgi(upstream)) continue;
    for (const Peer& peer : upstream.peers) {
      if (check_peer(input, upstream, peer, report)) break;
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
          .needs = kNeeds,
          .check = check};
}

}  // namespace poolproof::lint
