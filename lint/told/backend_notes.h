// Comments that say what stands behind a server: `# poolproof: backend=node22 backend-idle=5s
// max-connections=100`, behind `server` on its line, or on a line of its own above it or above the
// whole `upstream`.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/base/diagnostic.h"
#include "grammar/config/effective_config.h"
#include "lint/told/backends.h"
#include "lint/told/note_comments.h"

namespace poolproof::lint {

/// The name of the finding about a comment that is not understood.
inline constexpr std::string_view kBadNote = "backend-note-not-understood";

/// What is known of one server of an upstream. What the comment says in numbers goes before what is
/// known of the program.
struct BackendNote {
  const Backend* backend = nullptr;
  std::optional<std::chrono::milliseconds> idle;  // as told
  std::optional<std::uint32_t> max_connections;   // as told
  std::optional<std::chrono::milliseconds> ping;  // as told: HTTP/2 pings on idle connections
  SourceSpan at;                                  // the comment

  bool is_empty() const { return backend == nullptr && !idle && !max_connections && !ping; }
  /// "Node.js 22", or "the backend".
  std::string name() const;
  /// When it closes an idle connection; nothing: never, or not known.
  std::optional<std::chrono::milliseconds> idle_time() const;
  /// 0: no limit that is known.
  std::uint32_t connection_limit() const;
  /// It ends each connection itself after one answer.
  bool closes_each_time() const { return idle_time() == std::chrono::milliseconds(0); }
  bool pins_processes() const {
    return backend != nullptr && backend->idle_cost == IdleCost::kProcess;
  }
};

/// Is this the text of such a comment (behind "poolproof:")? Others are not ours.
bool is_backend_note(std::string_view text);

class BackendNotes {
 public:
  explicit BackendNotes(const BoundConfig& config);

  bool is_empty() const { return comments_.all().empty(); }
  /// What is said of a server of an upstream, or of all in its block; is_empty() if nothing is.
  BackendNote of(const Peer& peer) const;
  /// All servers of the group that requests go to (not `backup`, not `down`) close each connection.
  bool all_close_each_time(const Upstream& upstream) const;
  /// Keys, backends and values that nobody knows.
  const std::vector<Diagnostic>& complaints() const { return comments_.complaints(); }

 private:
  NoteComments<BackendNote> comments_;
};

}  // namespace poolproof::lint
