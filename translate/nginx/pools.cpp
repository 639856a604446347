// Pools across 1.29.7 (32 idle connections by default, `keepalive 0`, `local`) and 1.19.10 (100 or
// 1000 requests, greatest age of an hour).
#include <algorithm>

#include <fmt/format.h>

#include "translate/nginx/versions.h"

namespace poolproof::translate::nginx {
namespace {

constexpr Version kMoreRequests{1, 19, 10};
/// Longer than any connection lives; nginx has no word for "without end".
constexpr std::string_view kForever = "365d";

Directive written_keepalive(const Upstream& upstream) {
  const auto& own = upstream.scope->own("keepalive");
  return own.empty() ? Directive() : own.front();
}

class PoolMove {
 public:
  PoolMove(Move& move, const Upstream& old, const Upstream& now)
      : move_(move), old_(old), now_(now), written_(written_keepalive(old)) {}

  void run() {
    if (move_.crosses(kPoolByDefault)) {
      if (old_.has_pool()) {
        keep();
      } else {
        do_without();
      }
    }
    if (old_.has_pool() && move_.crosses(kMoreRequests)) limits();
  }

 private:
  void append(std::string line) { move_.changes.appended[old_.at.id()].push_back(std::move(line)); }

  void do_without() {
    const bool newer = move_.new_version() >= kPoolByDefault;
    if (!written_) {
      if (newer) append("keepalive 0;");
      return;
    }
    if (newer) {
      move_.changes.replaced[written_.id()] = "keepalive 0";  // lost to the method after it
    } else {
      move_.changes.dropped[written_.id()] = "";  // `keepalive 0` is refused there, and the default
    }
  }

  void keep() {
    if (move_.new_version() >= kPoolByDefault) return;  // a written number means the same
    if (!written_ && keeps_nothing()) return;
    const std::string text = fmt::format("keepalive {}", old_.keepalive.value.connections);
    if (!written_ || now_.pool_lost_to_method) {
      if (written_) move_.changes.dropped[written_.id()] = "";
      append(text + ";");
    } else if (written_.arg_count() > 1) {
      move_.changes.replaced[written_.id()] = text;
    }
    if (old_.keepalive.value.local && is_shared()) tell_local();
  }

  /// SCGI and uwsgi close, and FastCGI does unless it is told not to: a pool stays empty.
  bool keeps_nothing() const {
    const auto closes = [](const Location* user) {
      if (!user->pass) return true;
      const Protocol protocol = user->pass->protocol;
      if (protocol == Protocol::kScgi || protocol == Protocol::kUwsgi) return true;
      return protocol == Protocol::kFastcgi && !user->scope->flag_or("fastcgi_keep_conn", false);
    };
    return !old_.users.empty() && std::all_of(old_.users.begin(), old_.users.end(), closes);
  }

  /// A pool that is local to its one location is the same without the word.
  bool is_shared() const {
    const auto own = [](const Location* user) {
      return user->pass && !user->pass->copied_from_outer;
    };
    return std::count_if(old_.users.begin(), old_.users.end(), own) > 1;
  }

  void tell_local() {
    // A connection that one location made with its TLS settings then serves the others.
    const bool has_tls =
        std::any_of(old_.users.begin(), old_.users.end(),
                    [](const Location* user) { return user->pass && user->pass->tls; });
    lose(move_.out, has_tls ? Severity::kError : Severity::kWarning, written_ ? written_ : old_.at,
         fmt::format("upstream \"{}\" keeps {} connections for each location; nginx {} shares them "
                     "among its locations",
                     old_.name, old_.keepalive.value.connections, to_string(move_.new_version())));
  }

  void limits() {
    if (old_.keepalive_requests.origin.kind == OriginKind::kDefault) {
      append(fmt::format("keepalive_requests {};", old_.keepalive_requests.value));
    }
    if (old_.keepalive_time.origin.kind != OriginKind::kDefault) return;
    if (move_.new_version() >= kMoreRequests) {
      append(fmt::format("keepalive_time {};", kForever));
      return;
    }
    lose(move_.out, Severity::kWarning, old_.at,
         fmt::format("connections of upstream \"{}\" are closed after an hour; nginx {} knows no "
                     "greatest age",
                     old_.name, to_string(move_.new_version())));
  }

  Move& move_;
  const Upstream &old_, &now_;
  Directive written_;
};

}  // namespace

void move_pools(Move& move) {
  for (std::size_t i = 0; i < move.from.upstreams().size(); ++i) {
    const Upstream& old = move.from.upstreams()[i];
    if (!old.implicit) PoolMove(move, old, move.to.upstreams()[i]).run();
  }
}

}  // namespace poolproof::translate::nginx
