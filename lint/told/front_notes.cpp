// See front_notes.h. The idle times are those of the vendors' documentation, November 2026.
#include "lint/told/front_notes.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"

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

FrontNotes::FrontNotes(const BoundConfig& config)
    : comments_(config, {kBadFrontNote, is_front_note, take_word}) {
  if (!comments_.all().empty()) find_idle_ones(config);
}

void FrontNotes::find_idle_ones(const BoundConfig& config) {
  std::vector<bool> used(comments_.all().size());
  for (DirectiveId id = 1; id < config.directive_count(); ++id) {
    const Directive at = config.directive(id);
    if (!has_servers(at)) continue;
    for (const std::size_t index : comments_.around(at.name_span())) used[index] = true;
  }
  for (std::size_t i = 0; i < comments_.all().size(); ++i) {
    if (used[i]) continue;
    comments_.complain(
        comments_.all()[i].at,
        "this comment speaks for no server; put it above `http` or `server`, or beside "
        "`listen`");
  }
}

FrontNote FrontNotes::of(const Server& server) const {
  if (comments_.all().empty() || !server.at) return {};
  for (const Listen& listen : server.listens) {
    if (!listen.at) continue;
    const auto around = comments_.around(listen.at.name_span());
    if (!around.empty()) return comments_.all()[around.front()];
  }
  const auto around = comments_.around(server.at.name_span());
  if (!around.empty()) return comments_.all()[around.front()];
  const Directive http = server.at.parent();
  if (!http || http.is_root()) return {};
  const auto outside = comments_.around(http.name_span());
  return outside.empty() ? FrontNote{} : comments_.all()[outside.front()];
}

}  // namespace poolproof::lint
