// Comments that say what stands in front of nginx: `# poolproof: front=cloudflare` or
// `front-idle=600s`, on a line of its own above `http` or a `server` or beside a `listen`. A
// configuration seldom shows it for sure.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/base/diagnostic.h"
#include "grammar/config/effective_config.h"
#include "lint/told/note_comments.h"

namespace poolproof::lint {

/// A load balancer or CDN as it is unless somebody changed its setting.
struct Front {
  std::string_view key;        // as `# poolproof: front=KEY` has it
  std::string_view name;       // for messages
  std::chrono::seconds idle;   // how long it keeps an idle connection to nginx
  std::chrono::seconds spare;  // how much longer its vendor wants nginx to keep it
};

/// Sorted by key.
std::span<const Front> all_fronts();
const Front* find_front(std::string_view key);

/// The name of the finding about a comment that is not understood.
inline constexpr std::string_view kBadFrontNote = "front-note-not-understood";

/// What is told of the front of one server.
struct FrontNote {
  const Front* front = nullptr;
  std::optional<std::chrono::milliseconds> idle;  // as told; goes before what is known
  SourceSpan at;                                  // the comment

  bool is_empty() const { return front == nullptr && !idle; }
};

/// Is this the text of such a comment (behind "poolproof:")?
bool is_front_note(std::string_view text);

class FrontNotes {
 public:
  explicit FrontNotes(const BoundConfig& config);

  /// The nearest that speaks for the server; is_empty() if none does.
  FrontNote of(const Server& server) const;
  /// Keys, names and values that nobody knows, and comments that stand where no server is.
  const std::vector<Diagnostic>& complaints() const { return comments_.complaints(); }

 private:
  void find_idle_ones(const BoundConfig& config);

  NoteComments<FrontNote> comments_;
};

}  // namespace poolproof::lint
