// Copies of what is inherited, at the end of each location.
#include "translate/nginx/flatten.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "translate/effective/settings.h"

namespace poolproof::translate::nginx {
namespace {

using effective::AppliedSetting;

bool is_plain_location(const Location& location) {
  return location.kind != LocationKind::kServerLevel && location.kind != LocationKind::kIf &&
         location.kind != LocationKind::kLimitExcept;
}

/// nginx 1.22.1 refuses a cache and a store in one block, and takes the inner of the two.
bool is_cache_beside_store(const Scope& scope, std::string_view name) {
  for (const std::string_view protocol : {"proxy", "fastcgi", "scgi", "uwsgi"}) {
    const std::string cache = fmt::format("{}_cache", protocol);
    const std::string store = fmt::format("{}_store", protocol);
    if (name != cache && name != store) continue;
    return !scope.find(name == cache ? store : cache).is_default();
  }
  return false;
}

/// Does the copy mean the same as what is inherited?
bool can_be_copied(const Scope& scope, const AppliedSetting& setting) {
  const std::string_view name = setting.name;
  const DirectiveSpec* spec = setting.statements.front().spec();
  if (spec == nullptr || spec->inheritance == Inheritance::kListAppend) return false;
  if (!spec->allowed_in(Context::kLocation)) return false;
  // An alias replaces as much of the path as its own location's name is long.
  if (name == "alias" || (name == "root" && !scope.find("alias").is_default())) return false;
  if (name.starts_with("add_header") || name.starts_with("add_trailer")) {
    return scope.find("add_header_inherit").is_default() &&
           scope.find("add_trailer_inherit").is_default();
  }
  if (name == "proxy_redirect") {
    return std::none_of(setting.statements.begin(), setting.statements.end(),
                        [](Directive at) { return at.arg(0) == "default"; });
  }
  return !is_cache_beside_store(scope, name);
}

void append_copy(Directive at, std::vector<std::string>& out) {
  const std::string place = place_text(at);
  if (!at.is_block()) {
    out.push_back(fmt::format("{};  # {}", head_text(at), place));
    return;
  }
  out.push_back(fmt::format("{} {{  # {}", head_text(at), place));
  for (const Directive child : children(at)) {
    if (child.name() != "include") out.push_back(fmt::format("    {};", head_text(child)));
  }
  out.push_back("}");
}

/// "proxy_set_header X y;" begins with the name of its directive.
bool says(std::string_view line, std::string_view name) {
  return line.starts_with(name) && line.substr(name.size(), 1) == " ";
}

class Flattening {
 public:
  Flattening(const EffectiveConfig& config, Changes& changes)
      : changes_(changes), settings_(config) {
    if (config.http() != nullptr) added_to_http_ = lines_of(config.http()->block());
  }

  void copy_into(const Scope& scope) {
    std::vector<std::string> lines;
    for (const AppliedSetting& setting : settings_.of(scope)) {
      if (setting.kind != OriginKind::kInherited || !can_be_copied(scope, setting)) continue;
      copy(setting, lines);
    }
    for (const std::string& line : added_to_http_) {
      const std::string_view name = std::string_view(line).substr(0, line.find(' '));
      if (find_directive(name, Context::kLocation) == nullptr) continue;
      if (scope.find(name).is_default() && !says_already(scope, name)) lines.push_back(line);
    }
    auto& out = changes_.appended[scope.block().id()];
    out.insert(out.end(), lines.begin(), lines.end());
  }

 private:
  std::vector<std::string> lines_of(Directive block) const {
    const auto at = changes_.appended.find(block.id());
    return at == changes_.appended.end() ? std::vector<std::string>() : at->second;
  }

  bool says_already(const Scope& scope, std::string_view name) const {
    const auto lines = lines_of(scope.block());
    return std::any_of(lines.begin(), lines.end(),
                       [name](const std::string& line) { return says(line, name); });
  }

  /// With what another version needs at the end of the list.
  void copy(const AppliedSetting& setting, std::vector<std::string>& out) const {
    for (const Directive at : setting.statements) {
      if (!changes_.dropped.contains(at.id())) append_copy(at, out);
    }
    for (const std::string& line : lines_of(setting.statements.back().parent())) {
      if (says(line, setting.name)) out.push_back(line);
    }
  }

  Changes& changes_;
  effective::Settings settings_;
  std::vector<std::string> added_to_http_;  // by the move to another version
};

}  // namespace

void flatten(const EffectiveConfig& config, Changes& changes) {
  Flattening flattening(config, changes);
  for (const Location& location : config.locations()) {
    if (is_plain_location(location)) flattening.copy_into(*location.scope);
  }
}

}  // namespace poolproof::translate::nginx
