// valid_referers: the names of one level are keys of one table (nginx 1.22.1,
// ngx_http_referer_module.c).
#include <unordered_map>

#include <fmt/format.h>

#include "grammar/config/check_merged.h"
#include "grammar/config/host_keys.h"

namespace poolproof {
namespace {

class Level {
 public:
  explicit Level(std::vector<Diagnostic>& out) : out_(out) {}

  void add(Directive at) {
    last_ = at;
    for (std::size_t i = 0; i < at.arg_count(); ++i) {
      const std::string_view text = at.arg(i);
      if (text == "none" || text == "blocked") {
        has_exception_ = true;
      } else if (text == "server_names") {
        has_server_names_ = true;
      } else if (!text.starts_with('~')) {
        add_name(text.substr(0, text.find('/')), at.arg_span(i));
      }
    }
  }

  /// The names of the server join those that stand here.
  void finish(const Server* server) {
    if (has_server_names_ && server != nullptr) {
      for (const ServerName& name : server->names) {
        if (name.kind != ServerNameKind::kRegex) add_name(name.text, last_.head_span());
      }
    }
    if (!has_exception_ || has_name_ || has_server_names_) return;
    add_error(out_, "conflicting-settings", last_.head_span(),
              "`none` and `blocked` are exceptions: `valid_referers` needs at least one name");
  }

 private:
  void add_name(std::string_view name, SourceSpan span) {
    has_name_ = true;
    const HostKeys::Verdict verdict = keys_.add(name);
    if (verdict == HostKeys::Verdict::kTaken) return;
    add_error(out_, "invalid-value", span,
              verdict == HostKeys::Verdict::kBad
                  ? fmt::format("`{}` is no name of a host: a wildcard stands at the beginning or "
                                "at the end, and dots stand alone",
                                name)
                  : fmt::format("`{}` is among the valid referers already", name));
  }

  std::vector<Diagnostic>& out_;
  HostKeys keys_;
  Directive last_;
  bool has_exception_ = false, has_name_ = false, has_server_names_ = false;
};

}  // namespace

void check_referers(const MergedInput& input, std::vector<Diagnostic>& out) {
  const auto& all = input.statements.of("valid_referers");
  if (all.empty()) return;
  for (const Location& location : input.config.locations()) {
    const auto& own = location.scope->own("valid_referers");
    if (own.empty()) continue;
    Level level(out);
    for (const Directive at : own) level.add(at);
    level.finish(location.server);
  }
}

}  // namespace poolproof
