// What has been told and which values were asked for, each once. Knows nothing of what they are
// for.
#include "translate/caddy/shared.h"

#include <fmt/format.h>

#include "translate/caddy/words.h"

namespace poolproof::translate::caddy {

void Shared::lose(Severity severity, Directive at, std::string message) {
  const SourceSpan span = at ? at.head_span() : SourceSpan{};
  if (!told_.emplace(span, message).second) return;
  translate::lose(out_, severity, at, std::move(message));
}

void Shared::see(std::string_view variable, MapCaptures::Phase phase, Directive at) {
  const auto taken = map_captures_.see(variable, phase, at);
  if (!taken) return;
  lose(Severity::kError, taken->at,
       fmt::format("what the expressions of the map `${}` take replaces `$1` to `$9` in nginx, and "
                   "not in caddy: name the groups, `(?<name>...)`",
                   taken->map));
}

std::string Shared::place(Directive at) const {
  return at ? comment_text(config_.bound().sources().describe(at.head_span())) : "nginx's default";
}

std::string Shared::mapped(std::string_view name, const std::string& source,
                           const MapCases& cases) {
  std::string content = source;
  for (const auto& [input, output] : cases) content += "\n" + input + " " + output;
  const auto [known, is_new] = names_.try_emplace(content);
  if (!is_new) return known->second;
  known->second = fmt::format("{{{}}}", unique(name));
  map_lines_.open(fmt::format("map {} {}", source, known->second));
  for (const auto& [input, output] : cases) map_lines_.add(fmt::format("{} {}", input, output));
  map_lines_.close();
  return known->second;
}

std::string Shared::shared_lines(std::string_view name, const Lines& lines) {
  const auto [known, is_new] = names_.try_emplace(lines.text());
  if (!is_new) return known->second;
  const std::string own = unique(name);
  known->second = "import " + own;
  snippets_.add("");
  snippets_.open(fmt::format("({})", own));
  snippets_.append(lines);
  snippets_.close();
  return known->second;
}

std::string Shared::note_path() {
  Lines lines;
  lines.open("route");
  lines.add("@normal_path path_regexp normal_path (?s)^.*$");
  lines.add("vars @normal_path normal_path {http.regexp.normal_path.0}");
  lines.close();
  return shared_lines("note_path", lines);
}

std::string Shared::unique(std::string_view name) {
  std::string out(name);
  for (int i = 2; !used_.insert(out).second; ++i) out = fmt::format("{}_{}", name, i);
  return out;
}

std::string Shared::variable(std::string_view name) {
  const std::string known = "nginx_" + identifier(name);
  variables_.insert(known);
  return fmt::format("{{http.vars.{}}}", known);
}

const RouteSearch& Shared::search(const Server& server) {
  return searches_.try_emplace(&server, routes(server)).first->second;
}

const std::vector<Route>& Shared::routes(const Server& server) {
  const auto [known, is_new] = routes_.try_emplace(&server);
  if (is_new) known->second = routes_of(server);
  return known->second;
}

const Location* Shared::redirected(const Server& server, std::string_view path) {
  const auto [known, is_new] = redirects_.try_emplace(&server);
  if (is_new) {
    for (const Location* each : slash_redirects(server)) {
      known->second.emplace(redirected_path(*each), each);
    }
  }
  const auto found = known->second.find(path);
  return found == known->second.end() ? nullptr : found->second;
}

Lines Shared::definitions() const {
  Lines out;
  if (needs_path) {
    out.add("@first_path path_regexp normal_path (?s)^.*$");
    out.add("vars @first_path normal_path {http.regexp.normal_path.0}");
  }
  for (const std::string& each : variables_) out.add(fmt::format("vars {} \"\"", each));
  out.append(map_lines_);
  return out;
}

}  // namespace poolproof::translate::caddy
