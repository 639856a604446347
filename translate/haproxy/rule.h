// Rules, and what all parts of the translation share.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "translate/comments.h"
#include "translate/haproxy/words.h"
#include "translate/map_captures.h"
#include "translate/path_escape.h"
#include "translate/translation.h"

namespace poolproof::translate::haproxy {

/// "http-request deny" with "{ src 10.0.0.0/8 }". Without condition it always holds.
struct Rule {
  std::string text;
  std::string condition;

  friend auto operator<=>(const Rule&, const Rule&) = default;
};

/// What is written, what is told, and which facts of a request the rules refer to: each frontend
/// notes those down before anything is changed.
struct Shared {
  const EffectiveConfig& config;
  Translation& out;
  std::set<std::string> facts{};       // "host", "http_referer", "escaped_path", ...
  std::vector<Rule> map_rules{};       // in the order in which they have to run
  std::map<std::string, bool> maps{};  // of those that were asked for: could it be said?

  std::set<std::string> upstream_fields{};  // that the location at hand asks for by $upstream_http_
  bool asks_pass = false;  // the answers of the location at hand name what it was passed to
  MapCaptures map_captures{config};
  std::set<DirectiveId> told_once{};  // of statements that many locations inherit

  void need(std::string fact) { facts.insert(std::move(fact)); }
  PathEscape path_escape() const { return translate::path_escape(config.version()); }
  /// "nginx.conf:12"; with the folders that the file was named with.
  std::string place(Directive at) const {
    return at ? one_line(config.bound().sources().describe(at.head_span())) : "default";
  }
  /// Tells where a map takes $1 to $9 over.
  void see(std::string_view variable, MapCaptures::Phase phase, Directive at) {
    const auto taken = map_captures.see(variable, phase, at);
    if (!taken) return;
    lose_once(Severity::kError, taken->at,
              fmt::format("what the expressions of the map `${}` take replaces `$1` to `$9` in "
                          "nginx, and not in haproxy: name the groups, `(?<name>...)`",
                          taken->map));
  }
  void lose(Severity severity, Directive at, std::string message) const {
    translate::lose(out, severity, at, std::move(message));
  }
  /// The same of a statement that many locations inherit.
  void lose_once(Severity severity, Directive at, std::string message) {
    if (told_once.insert(at.id()).second) lose(severity, at, std::move(message));
  }
};

/// What goes before a path to make it a whole address, as a log format: nothing where
/// `absolute_redirect` is off.
std::string origin_of(Shared& shared, const Scope& scope);

/// Conditions joined so that all have to hold.
inline std::string both(std::string_view a, std::string_view b) {
  std::string out(a);
  if (!a.empty() && !b.empty()) out += ' ';
  return out.append(b);
}

/// A condition that holds if `sample` is one of `texts`. A line takes 64 words: longer lists become
/// an ACL of that name, whose lines are added to `lines`.
std::string one_of(std::string_view sample, const std::vector<std::string>& texts,
                   std::string_view acl, std::string& lines);

}  // namespace poolproof::translate::haproxy
