// See other_modules.h.
#include "grammar/config/other_modules.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fnmatch.h>

namespace poolproof {
namespace {

/// Modules are loaded by file: "modules/ngx_http_perl_module.so". nginx's own and those of the
/// catalogue have files named as the module, but for two that hold a whole subsystem.
bool is_known_file(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  if (path.ends_with(".so")) path.remove_suffix(3);
  if (path == "ngx_mail_module" || path == "ngx_stream_module") return true;
  return std::any_of(all_directives().begin(), all_directives().end(),
                     [path](const DirectiveSpec& spec) { return spec.module == path; });
}

/// Debian has `include /etc/nginx/modules-enabled/*.conf`, others /usr/share/nginx/modules.
bool may_load_modules(Directive include) {
  return include.context() == Context::kMain &&
         include.arg(0).find("modules") != std::string_view::npos;
}

bool brought_nothing(const BoundConfig& config, Directive include) {
  const auto& files = config.included_files(include.file(), include.node());
  return std::none_of(files.begin(), files.end(),
                      [](const IncludedFile& file) { return file.file != FileId::kNone; });
}

}  // namespace

std::string unknown_module(const BoundConfig& config) {
  std::string otherwise;
  for (DirectiveId id = 1; id < config.directive_count(); ++id) {
    const BoundDirective& bound = config.at(id);
    if (bound.spec == nullptr) continue;
    const Directive at = config.directive(id);
    if (bound.spec->name == "load_module" && !is_known_file(at.arg(0))) {
      return fmt::format("`{}`", at.arg(0));
    }
    if (bound.spec->module == "ngx_http_lua_module") otherwise = "a module of OpenResty";
    if (bound.spec->name == "include" && otherwise.empty() && may_load_modules(at) &&
        brought_nothing(config, at)) {
      otherwise = fmt::format("a module that `include {}` loads", at.arg(0));
    }
  }
  return otherwise;
}

bool is_for_plus(const BoundConfig& config) {
  for (DirectiveId id = 1; id < config.directive_count(); ++id) {
    const DirectiveSpec* spec = config.at(id).spec;
    if (spec != nullptr && spec->is(DirectiveFlag::kCommercial)) return true;
  }
  return false;
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view name) {
  if (patterns.empty()) return false;
  const std::string text(name);
  return std::any_of(patterns.begin(), patterns.end(), [&text](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
  });
}

}  // namespace poolproof
