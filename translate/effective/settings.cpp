// Names are collected from the blocks outwards; what applies is asked of Scope alone.
#include "translate/effective/settings.h"

#include <algorithm>
#include <array>
#include <string>

namespace poolproof::translate::effective {
namespace {

bool is_location_like(Context context) {
  return context == Context::kLocation || context == Context::kIfInLocation ||
         context == Context::kLimitExcept;
}

/// Does what is set further out reach a block of this kind? nginx merges all settings of a location
/// into the `if` and limit_except in it.
bool reaches(const DirectiveSpec& spec, Context context) {
  if (spec.inheritance == Inheritance::kNone) return false;
  return spec.allowed_in(is_location_like(context) ? Context::kLocation : context);
}

bool is_setting(Directive at) {
  if (at.name() == "include") return false;
  if (!at.is_block()) return true;
  return at.spec() != nullptr && at.spec()->inheritance != Inheritance::kNone;
}

void sort_names(std::vector<std::string_view>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

constexpr std::array<std::string_view, 10> kOfEveryRequest = {
    "client_body_timeout", "client_max_body_size", "error_page",     "keepalive_requests",
    "keepalive_time",      "keepalive_timeout",    "lingering_time", "root",
    "send_timeout",        "tcp_nodelay"};
constexpr std::array<std::string_view, 13> kOfPasses = {"bind",
                                                        "buffer_size",
                                                        "buffering",
                                                        "buffers",
                                                        "cache",
                                                        "connect_timeout",
                                                        "http_version",
                                                        "intercept_errors",
                                                        "next_upstream",
                                                        "next_upstream_tries",
                                                        "read_timeout",
                                                        "send_timeout",
                                                        "socket_keepalive"};

bool has(const std::vector<AppliedSetting>& sorted, std::string_view name) {
  const auto at = std::lower_bound(
      sorted.begin(), sorted.end(), name,
      [](const AppliedSetting& each, std::string_view wanted) { return each.name < wanted; });
  return at != sorted.end() && at->name == name;
}

}  // namespace

std::string_view directive_prefix(Protocol protocol) {
  return protocol == Protocol::kHttp ? "proxy" : to_string(protocol);
}

const Settings::Names& Settings::names_in(const Scope& scope) {
  const auto [at, is_new] = names_.try_emplace(&scope);
  Names& names = at->second;  // stays where it is when others are added
  if (!is_new) return names;
  for (const Directive child : children(scope.block())) {
    if (is_setting(child)) names.push_back(child.name());
  }
  if (scope.parent() != nullptr) {
    for (const std::string_view name : names_in(*scope.parent())) {
      const auto inherits = [&](const Found& found) {
        const DirectiveSpec* spec = found.is_default() ? nullptr : found.last().spec();
        return spec != nullptr && reaches(*spec, scope.context());
      };
      if (inherits(scope.find(name))) names.push_back(name);
    }
  }
  sort_names(names);
  return names;
}

std::vector<AppliedSetting> Settings::of(const Scope& scope) {
  std::vector<AppliedSetting> out;
  for (const std::string_view name : names_in(scope)) {
    Found found = scope.find(name);
    if (found.is_default()) continue;
    out.push_back({name, found.kind, std::move(found.directives), {}});
  }
  return out;
}

std::vector<AppliedSetting> Settings::of(const Location& location) {
  std::vector<AppliedSetting> out = of(*location.scope);
  std::vector<AppliedSetting> defaults;
  const auto add = [&](std::string_view name) {
    const DirectiveSpec* spec = find_directive(name, Context::kLocation);
    if (spec == nullptr || !spec->exists_in(config_.version()) || has(out, spec->name)) return;
    const std::string_view value = default_value(*spec, config_.version());
    if (!value.empty()) defaults.push_back({spec->name, OriginKind::kDefault, {}, value});
  };
  for (const std::string_view name : kOfEveryRequest) add(name);
  if (location.pass) {
    const std::string prefix = std::string(directive_prefix(location.pass->protocol)) + "_";
    for (const std::string_view name : kOfPasses) add(prefix + std::string(name));
    if (location.pass->protocol == Protocol::kFastcgi) add("fastcgi_keep_conn");
  }
  out.insert(out.end(), defaults.begin(), defaults.end());
  std::sort(out.begin(), out.end(),
            [](const AppliedSetting& a, const AppliedSetting& b) { return a.name < b.name; });
  return out;
}

std::vector<ReplacedList> Settings::replaced_in(const Scope& scope) {
  std::vector<ReplacedList> out;
  for (const AppliedSetting& setting : of(scope)) {
    const DirectiveSpec* spec = setting.statements.front().spec();
    if (spec == nullptr || spec->inheritance != Inheritance::kListReplace) continue;
    ReplacedList lost{setting.name, {}};
    for (const Scope* outer = &scope; outer != nullptr; outer = outer->parent()) {
      for (const Directive at : outer->own(setting.name)) {
        const auto& used = setting.statements;
        if (std::find(used.begin(), used.end(), at) == used.end()) lost.statements.push_back(at);
      }
    }
    if (!lost.statements.empty()) out.push_back(std::move(lost));
  }
  return out;
}

}  // namespace poolproof::translate::effective
