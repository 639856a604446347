// See backend_notes.h.
#include "lint/told/backend_notes.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "grammar/base/nearest.h"
#include "grammar/syntax/values.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 4> kKeys = {"backend", "backend-idle", "backend-ping",
                                                   "max-connections"};

std::string suggestion(std::string_view typed, std::span<const std::string_view> known) {
  const std::string_view near = nearest(typed, known);
  return near.empty() ? std::string() : fmt::format("; did you mean `{}`?", near);
}

std::vector<std::string_view> backend_keys() {
  std::vector<std::string_view> keys;
  for (const Backend& backend : all_backends()) keys.push_back(backend.key);
  return keys;
}

/// Why the word is wrong; empty if it was taken.
std::string take_word(std::string_view word, BackendNote& note) {
  const std::size_t equals = word.find('=');
  const std::string_view key = word.substr(0, equals);
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view() : word.substr(equals + 1);
  if (key == "backend") {
    note.backend = find_backend(value);
    if (note.backend != nullptr) return {};
    return fmt::format("no backend is called `{}`{}; `poolproof rules --backends` lists them",
                       value, suggestion(value, backend_keys()));
  }
  if (key == "backend-idle") {
    note.idle = parse_time(value);
    if (note.idle) return {};
    return fmt::format("`backend-idle` takes a time such as `5s`, not `{}`", value);
  }
  if (key == "backend-ping") {
    note.ping = parse_time(value);
    if (note.ping && note.ping->count() > 0) return {};
    note.ping.reset();
    return fmt::format("`backend-ping` takes a time such as `20s`, not `{}`", value);
  }
  if (key == "max-connections") {
    const auto number = parse_number(value);
    if (number && *number > 0 && *number <= 1'000'000'000) {
      note.max_connections = static_cast<std::uint32_t>(*number);
      return {};
    }
    return fmt::format("`max-connections` takes a number above 0, not `{}`", value);
  }
  return fmt::format("`{}` is nothing that can be said of a backend{}", word,
                     suggestion(key, kKeys));
}

void merge_into(BackendNote& note, const BackendNote& outer) {
  if (note.backend == nullptr) note.backend = outer.backend;
  if (!note.idle) note.idle = outer.idle;
  if (!note.ping) note.ping = outer.ping;
  if (!note.max_connections) note.max_connections = outer.max_connections;
  if (note.at.file == FileId::kNone) note.at = outer.at;
}

}  // namespace

std::string BackendNote::name() const {
  return backend != nullptr ? std::string(backend->name) : "the backend";
}

std::optional<std::chrono::milliseconds> BackendNote::idle_time() const {
  if (idle) return idle;
  if (backend != nullptr && backend->idle) return *backend->idle;
  return std::nullopt;
}

std::uint32_t BackendNote::connection_limit() const {
  if (max_connections) return *max_connections;
  return backend != nullptr ? backend->max_connections : 0;
}

bool is_backend_note(std::string_view text) {
  const std::string_view word = next_word(text);
  if (word.starts_with("ignore")) return false;
  const std::string_view key = word.substr(0, word.find('='));
  if (key == word) return false;
  return !nearest(key, kKeys).empty() || key == "backend" || key.starts_with("backend") ||
         key.starts_with("max");
}

BackendNotes::BackendNotes(const BoundConfig& config)
    : comments_(config, {kBadNote, is_backend_note, take_word}) {}

BackendNote BackendNotes::of(const Peer& peer) const {
  BackendNote note;
  if (!peer.at) return note;
  const SourceSpan server = peer.at.name_span();
  const SourceSpan group = peer.at.parent() ? peer.at.parent().name_span() : SourceSpan{};
  // The later ones are the nearer ones.
  for (const std::size_t index : comments_.around(server)) merge_into(note, comments_.all()[index]);
  if (group.file == FileId::kNone) return note;
  for (const std::size_t index : comments_.around(group)) merge_into(note, comments_.all()[index]);
  return note;
}

bool BackendNotes::all_close_each_time(const Upstream& upstream) const {
  bool has_any = false;
  for (const Peer& peer : upstream.peers) {
    if (peer.backup || peer.down) continue;
    if (!of(peer).closes_each_time()) return false;
    has_any = true;
  }
  return has_any;
}

}  // namespace poolproof::lint
