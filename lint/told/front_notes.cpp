// See front_notes.h. The idle times are those of the vendors' documentation, November 2026.
#include "lint/told/front_notes.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/base/nearest.h"
#include "grammar/syntax/values.h"
#include "lint/comments.h"

namespace poolproof::lint {
namespace {

using std::chrono::seconds;

constexpr std::array<Front, 5> kFronts{{
    {"alb", "Amazon's load balancer", seconds(60), seconds(5)},
    {"cloudflare", "Cloudflare", seconds(900), seconds(5)},
    {"google", "Google's load balancer", seconds(600), seconds(20)},
    {"heroku", "Heroku's router", seconds(90), seconds(5)},
    {"oci", "Oracle's load balancer", seconds(300), seconds(5)},
}};

constexpr std::string_view kName = "front";
constexpr std::string_view kIdle = "front-idle";

std::string_view next_word(std::string_view& text) {
  text = trimmed(text);
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

std::string known_names() {
  std::string out;
  for (const Front& front : kFronts) {
    out += fmt::format("{}`{}`", out.empty() ? "" : ", ", front.key);
  }
  return out;
}

/// Why the word is wrong; empty if it was taken.
std::string take_word(std::string_view word, FrontNote& note) {
  const std::size_t equals = std::min(word.find('='), word.size());
  const std::string_view key = word.substr(0, equals);
  const std::string_view value = word.substr(std::min(equals + 1, word.size()));
  if (key == kName) {
    note.front = find_front(value);
    if (note.front != nullptr) return {};
    return fmt::format(
        "no front is called `{}`; known are {}, and `front-idle=TIME` tells of others", value,
        known_names());
  }
  if (key == kIdle) {
    note.idle = parse_time(value);
    if (note.idle && note.idle->count() > 0) return {};
    note.idle.reset();
    return fmt::format("`front-idle` takes a time such as `600s`, not `{}`", value);
  }
  return fmt::format(
      "`{}` is nothing that can be said of what stands in front; `front=NAME` and "
      "`front-idle=TIME` are",
      word);
}

/// A `server` of an upstream has an address.
bool has_servers(Directive at) {
  return at.name() == "http" || at.name() == "listen" ||
         (at.name() == "server" && at.arg_count() == 0);
}

}  // namespace

std::span<const Front> all_fronts() {
  return kFronts;
}

const Front* find_front(std::string_view key) {
  const auto* at = std::find_if(kFronts.begin(), kFronts.end(),
                                [&](const Front& front) { return front.key == key; });
  return at == kFronts.end() ? nullptr : at;
}

bool is_front_note(std::string_view text) {
  const std::string_view word = next_word(text);
  const std::string_view key = word.substr(0, word.find('='));
  return key != word && key.starts_with(kName);
}

FrontNotes::FrontNotes(const BoundConfig& config) {
  for (const LoadedFile& file : config.files()) {
    if (mentions_poolproof(file.tree)) read_file(file);
  }
  covering_ = CoveringSpans(covers_);
  if (!notes_.empty()) find_idle_ones(config);
}

void FrontNotes::read_file(const LoadedFile& file) {
  for (const Token& token : file.tree.tokens()) {
    if (token.kind != TokenKind::kComment) continue;
    const auto text = text_for_poolproof(file.tree, token);
    if (text && is_front_note(*text)) read_comment(file.tree, token, *text);
  }
}

void FrontNotes::read_comment(const SyntaxTree& tree, const Token& comment, std::string_view text) {
  FrontNote note;
  note.at = {tree.file(), comment.begin, comment.end};
  for (std::string_view word = next_word(text); !word.empty(); word = next_word(text)) {
    std::string wrong = take_word(word, note);
    if (!wrong.empty()) complain(note.at, std::move(wrong));
  }
  if (note.is_empty()) return;
  notes_.push_back(note);
  covers_.push_back(governed_by(tree, comment));
}

void FrontNotes::find_idle_ones(const BoundConfig& config) {
  std::vector<bool> used(notes_.size());
  for (DirectiveId id = 1; id < config.directive_count(); ++id) {
    const Directive at = config.directive(id);
    if (!has_servers(at)) continue;
    for (const std::size_t index : covering_.around(at.name_span())) used[index] = true;
  }
  for (std::size_t i = 0; i < notes_.size(); ++i) {
    if (used[i]) continue;
    complain(notes_[i].at,
             "this comment speaks for no server; put it above `http` or `server`, or beside "
             "`listen`");
  }
}

void FrontNotes::complain(SourceSpan at, std::string message) {
  Diagnostic out;
  out.rule = kBadFrontNote;
  out.severity = Severity::kWarning;
  out.message = std::move(message);
  out.span = at;
  complaints_.push_back(std::move(out));
}

FrontNote FrontNotes::of(const Server& server) const {
  if (notes_.empty() || !server.at) return {};
  for (const Listen& listen : server.listens) {
    if (!listen.at) continue;
    const auto around = covering_.around(listen.at.name_span());
    if (!around.empty()) return notes_[around.front()];
  }
  const auto around = covering_.around(server.at.name_span());
  if (!around.empty()) return notes_[around.front()];
  const Directive http = server.at.parent();
  if (!http || http.is_root()) return {};
  const auto outside = covering_.around(http.name_span());
  return outside.empty() ? FrontNote{} : notes_[outside.front()];
}

}  // namespace poolproof::lint
