// Envoy writes one log for a listener; nginx has one for each location.
#include <fmt/format.h>

#include "translate/envoy/connection_manager.h"
#include "translate/envoy/operators.h"

namespace poolproof::translate::envoy {
namespace {

constexpr std::string_view kCombined =
    "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
    "\"$http_referer\" \"$http_user_agent\"";

/// The text of a log_format, and where it is; the built-in one has no place.
std::string format_named(const EffectiveConfig& config, std::string_view name) {
  for (const Directive at : config.http()->own("log_format")) {
    if (at.arg(0) != name) continue;
    std::string out;
    for (std::size_t i = 1; i < at.arg_count(); ++i) {
      if (!at.arg(i).starts_with("escape=")) out += at.arg(i);
    }
    return out;
  }
  return std::string(kCombined);
}

void tell_own_logs(Shared& shared, const Listener& listener) {
  std::vector<const Location*> open;
  for (const Server* server : listener.servers) open.push_back(server->root);
  while (!open.empty()) {
    const Location* location = open.back();
    open.pop_back();
    open.insert(open.end(), location->children.begin(), location->children.end());
    if (location == listener.fallback->root) continue;
    const bool is_root = location->kind == LocationKind::kServerLevel;
    const Scope& scope = is_root ? *location->server->scope : *location->scope;
    for (const Directive at : scope.own("access_log")) {
      shared.warn(at,
                  "an `access_log` of one place is not translated to envoy: a listener has one "
                  "log, that of its default server");
    }
  }
}

}  // namespace

Tree access_logs(Shared& shared, const Listener& listener) {
  Tree out = Tree::list();
  tell_own_logs(shared, listener);
  for (const Directive at : listener.fallback->scope->find("access_log").directives) {
    const std::string_view path = at.arg(0);
    if (path == "off") continue;
    if (path.starts_with("syslog:") || path.find('$') != std::string_view::npos) {
      shared.warn(at, "this `access_log` is not translated to envoy: it writes files only");
      continue;
    }
    std::string_view name = "combined";
    for (std::size_t i = 1; i < at.arg_count(); ++i) {
      if (at.arg(i).starts_with("if=")) {
        shared.warn(at, "`if=` is not translated to envoy: every request is logged");
      } else if (at.arg(i).find('=') == std::string_view::npos && i == 1) {
        name = at.arg(i);
      }
    }
    const TextPlace place{.server = listener.fallback, .in_log = true};
    const std::string format = format_named(shared.config, name);
    const auto text = operators_of(shared, place, format, at);
    if (!text) continue;
    Tree config = Tree::typed("envoy.extensions.access_loggers.file.v3.FileAccessLog");
    config.set("path", Tree::text(path));
    config.set("log_format",
               Tree::map().set("text_format_source",
                               Tree::map().set("inline_string", Tree::text(text->text + "\n"))));
    out.add(Tree::map()
                .set("name", Tree::text("envoy.access_loggers.file"))
                .set("typed_config", std::move(config))
                .say(shared.place(at)));
  }
  return out;
}

}  // namespace poolproof::translate::envoy
