// nginx's own configuration as a target: one file, for the same version or another one.
#include <fmt/format.h>

#include "grammar/base/file_reader.h"
#include "translate/nginx/flatten.h"
#include "translate/nginx/versions.h"
#include "translate/nginx/writer.h"
#include "translate/targets.h"

namespace poolproof::translate {
namespace nginx {
namespace {

void move_to(const EffectiveConfig& config, Version version, Changes& changes, Translation& out) {
  const auto to = merge(config.bound(), version);
  Move move{config, *to, changes, out};
  move_pools(move);
  move_requests(move);
  move_defaults(move);
  tell_missing(move);
}

/// Whatever the parts above do not know of: the result is read as the other version reads it.
void tell_refused(const std::string& text, Version version, Translation& out) {
  MemoryFileReader nothing;
  LoadOptions options;
  options.versions = {version, version};
  options.versions_named = true;
  options.allow_snippet = false;
  const auto bound = load_config_text(nothing, "nginx.conf", text, options);
  const auto tell = [&](const std::vector<Diagnostic>& findings) {
    for (const Diagnostic& finding : findings) {
      if (finding.severity != Severity::kError) continue;
      lose(out, Severity::kError, {},
           fmt::format("nginx {} refuses line {} of what is written: {}", to_string(version),
                       bound->sources().position(finding.span).line, finding.message));
    }
  };
  tell(bound->diagnostics());
  tell(merge(*bound, version)->diagnostics());
}

}  // namespace
}  // namespace nginx

Translation to_nginx(const EffectiveConfig& config, const TranslateOptions& options) {
  Translation out;
  nginx::Changes changes;
  const Version version = options.target_version.value_or(config.version());
  if (version != config.version()) nginx::move_to(config, version, changes, out);
  if (options.flatten) nginx::flatten(config, changes);
  std::string text = nginx::write_file(config.bound(), changes);
  if (version != config.version()) nginx::tell_refused(text, version, out);
  out.files.push_back({"nginx.conf", std::move(text)});
  return out;
}

}  // namespace poolproof::translate
