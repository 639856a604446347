// Envoy writes one log for a listener; nginx has one for each location.
#include <set>

#include <fmt/format.h>

#include "translate/envoy/connection_manager.h"
#include "translate/envoy/headers.h"
#include "translate/envoy/operators.h"
#include "translate/envoy/survey.h"

namespace poolproof::translate::envoy {
namespace {

constexpr std::string_view kCombined =
    "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
    "\"$http_referer\" \"$http_user_agent\"";

/// The text of a log_format; the built-in one has no place of its own.
std::string format_named(Shared& shared, std::string_view name) {
  for (const Directive at : shared.config.http()->own("log_format")) {
    if (at.arg(0) != name) continue;
    std::string out;
    for (std::size_t i = 1; i < at.arg_count(); ++i) {
      if (!at.arg(i).starts_with("escape=")) {
        out += at.arg(i);
      } else if (at.arg(i) == "escape=json") {
        shared.warn(at, "`escape=json`: envoy writes values as they are, quotes and all");
      }
    }
    return out;
  }
  return std::string(kCombined);
}

void tell_changed(Shared& shared, const Listener& listener, const Operators& text, Directive at) {
  std::set<std::string> changed;
  for (const Location* location : locations_of(listener)) changed.merge(changed_fields(*location));
  for (const std::string& field : text.headers) {
    if (!changed.contains(field)) continue;
    shared.warn(at, fmt::format("the log has `{}` as it is sent to the upstream, where that is "
                                "other than what the client sent",
                                field));
  }
}

void tell_own_logs(Shared& shared, const Listener& listener) {
  for (const Location* location : locations_of(listener)) {
    if (location == listener.fallback->root) continue;
    for (const Directive at : location->scope->own("access_log")) {
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
    const std::string format = format_named(shared, name);
    const auto text = operators_of(shared, place, format, at);
    if (!text) continue;
    tell_changed(shared, listener, *text, at);
    Tree config = Tree::typed("envoy.extensions.access_loggers.file.v3.FileAccessLog");
    config.set("path", Tree::text(path));
    config.set("log_format",
               Tree::map().set("text_format_source",
                               Tree::map().set("inline_string", Tree::text(text->text + "\n"))));
    out.add(Tree::map()
                .set("name", Tree::text("envoy.access_loggers.file"))
                .set("typed_config", std::move(config))
                .say(place_of(at)));
  }
  return out;
}

}  // namespace poolproof::translate::envoy
