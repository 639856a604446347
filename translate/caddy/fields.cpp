// nginx sends a field once for each `proxy_set_header` that names it and is not empty; what is not
// named passes, but for Host, Connection, TE, Keep-Alive, Expect and Upgrade (1.22.1). Caddy passes
// everything but what concerns the connection, and writes X-Forwarded-* by itself.
#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "grammar/config/lower_case.h"
#include "grammar/syntax/values.h"
#include "translate/caddy/proxy.h"
#include "translate/caddy/words.h"
#include "translate/reuse.h"

namespace poolproof::translate::caddy {
namespace {

class Maker {
 public:
  Maker(Shared& shared, const TextPlace& place)
      : shared_(shared), place_(place), pass_(*place.location->pass) {}

  Lines run() {
    if (is_http()) add_request_fields();
    add_hidden();
    if (is_http()) add_redirects();
    return std::move(out_);
  }

 private:
  const Location& location() const { return *place_.location; }
  const Scope& scope() const { return *location().scope; }
  bool is_http() const { return pass_.protocol == Protocol::kHttp; }
  std::string directive(std::string_view rest) const {
    return fmt::format("{}_{}", is_http() ? "proxy" : "fastcgi", rest);
  }
  void lose(Severity severity, Directive at, std::string message) {
    shared_.lose(severity, at, std::move(message));
  }

  // --- the request -------------------------------------------------------------------------------

  void add_request_fields() {
    std::set<std::string> seen;
    for (const HeaderField& field : location().set_headers.value) {
      const std::string name = lower_case(field.name);
      if (!seen.insert(name).second) {
        lose(Severity::kError, field.at,
             fmt::format("the field `{}` is sent twice: caddy sends the first", field.name));
        continue;
      }
      add_field(field, name);
    }
    if (!seen.contains("host")) {
      out_.add("header_up Host " + word(literal(proxy_host(pass_))));
    }
    add_unnamed(seen);
  }

  /// What no statement names.
  void add_unnamed(const std::set<std::string>& seen) {
    Lines lines;
    for (const std::string_view name : {"TE", "Expect"}) {
      if (!seen.contains(lower_case(name))) lines.add(fmt::format("header_up -{}", name));
    }
    // Caddy would write its own: they go upstream as the client sent them.
    for (const std::string_view name :
         {"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"}) {
      if (!seen.contains(lower_case(name))) {
        set(lines, name, {fmt::format("{{http.request.header.{}}}", name), false, true, true});
      }
    }
    if (!lines.empty()) out_.add(shared_.shared_lines("unnamed_fields", lines));
  }

  void add_field(const HeaderField& field, const std::string& name) {
    if (name == "connection") return check_connection(field);
    if (name == "upgrade") return check_upgrade(field);
    if (name == "content-length" || name == "transfer-encoding" || name == "keep-alive") {
      if (!field.value.empty()) {
        lose(Severity::kError, field.at,
             fmt::format("`{}` is not set by caddy: it is what the connection needs", field.name));
      }
      return;
    }
    const auto value = text_of(shared_, place_, field.value, field.at);
    if (!value) return;
    // What the client sent is passed on anyway.
    const bool forwarded = name.starts_with("x-forwarded-");
    const bool is_own = value->text == fmt::format("{{http.request.header.{}}}", name);
    const bool is_host = name == "host" && value->text == "{http.request.hostport}";
    if ((is_own && !forwarded) || is_host) return;
    if (name == "host" && value->may_be_empty) {
      lose(Severity::kError, field.at,
           "a `Host` that is empty is not sent by caddy: the server's address stands for it");
    }
    set(out_, field.name, *value);
  }

  /// A field whose value turns out to be empty is deleted again: the name that is deleted is its
  /// own or none.
  void set(Lines& to, std::string_view name, const Text& value) {
    if (value.text.empty()) return to.add("header_up -" + word(name));
    to.add(fmt::format("header_up {} {}", word(name), word(value.text)));
    if (!value.may_be_empty) return;
    const std::string none =
        shared_.mapped("unset_" + identifier(lower_case(name)), word(value.text),
                       {{"``", word(name)}, {"default", "``"}});
    to.add("header_up -" + none);
  }

  /// Whether connections are kept is said by the transport; other words go nowhere.
  void check_connection(const HeaderField& field) {
    const RequestAssumption client{.connection = "keep-alive", .upgrade = {}};
    for (const std::string& value :
         possible_values(shared_.config(), location(), field.value, client).values) {
      const bool known = value.empty() || has_token(value, "close") ||
                         has_token(value, "keep-alive") || has_token(value, "upgrade");
      if (known) continue;
      lose(Severity::kError, field.at,
           fmt::format("`Connection: {}` is not sent by caddy", comment_text(value)));
      return;
    }
  }

  void check_upgrade(const HeaderField& field) {
    if (passes_upgrade(shared_.config(), location())) return;
    const auto sent = possible_values(shared_.config(), location(), field.value,
                                      {.connection = "upgrade", .upgrade = "websocket"});
    const bool may_be_sent = std::any_of(sent.values.begin(), sent.values.end(),
                                         [](const std::string& value) { return !value.empty(); });
    if (!may_be_sent) return;
    lose(Severity::kWarning, field.at,
         "`Upgrade` without `Connection: upgrade` is not sent by caddy: no upstream may follow it");
  }

  // --- the upstream's answer ---------------------------------------------------------------------

  void add_hidden() {
    std::set<std::string> passed;
    for (const Directive at : scope().find(directive("pass_header")).directives) {
      passed.insert(lower_case(at.arg(0)));
      if (lower_case(at.arg(0)) == "server") {
        lose(Severity::kError, at, "`Server` of the upstream comes after caddy's own");
      }
    }
    Lines lines;
    for (const std::string_view name : {"Date", "Server", "X-Pad"}) {
      if (is_http() && !passed.contains(lower_case(name))) {
        lines.add(fmt::format("header_down -{}", name));
      }
    }
    lines.add("header_down -X-Accel-*");
    for (const Directive at : scope().find(directive("hide_header")).directives) {
      if (passed.contains(lower_case(at.arg(0)))) continue;
      lines.add("header_down -" + word(literal(at.arg(0))));
    }
    out_.add(shared_.shared_lines("hidden_fields", lines));
  }

  void add_redirects() {
    const Found found = scope().find("proxy_redirect");
    Lines rules;
    if (found.is_default()) rules.append(default_redirect());
    for (const Directive at : found.directives) {
      if (at.arg(0) == "off" && at.arg_count() == 1) return;
      rules.append(at.arg(0) == "default" && at.arg_count() == 1 ? default_redirect()
                                                                 : own_redirect(at));
    }
    out_.append(rules);
  }

  Lines default_redirect() const {
    if (pass_.has_variables || pass_.uri.find('?') != std::string::npos) return {};
    const std::string_view target = pass_.target;
    const std::size_t after = target.find("://");
    if (after == std::string_view::npos) return {};
    // A socket's own path ends at the colon.
    const bool socket = target.substr(after + 3).starts_with("unix:");
    const std::size_t from = socket ? target.find(':', after + 8) : target.find('/', after + 3);
    const std::string base(
        target.substr(0, socket && from != std::string_view::npos ? from + 1 : from));
    return replace(base + (pass_.has_uri ? std::string(pass_.uri) : "/"),
                   pass_.has_uri ? std::string_view(location().pattern) : "/");
  }

  Lines own_redirect(Directive at) {
    const std::string_view pattern = at.arg(0);
    if (pattern.starts_with('~') || has_variables(pattern) || has_variables(at.arg(1))) {
      lose(Severity::kError, at,
           "`proxy_redirect` with variables or an expression is not translated to caddy: "
           "`Location` goes to the client as the upstream wrote it");
      return {};
    }
    return replace(pattern, at.arg(1));
  }

  Lines replace(std::string_view prefix, std::string_view replacement) const {
    std::string to = literal(replacement);
    if (replacement.starts_with('/')) to = origin_of(place_) + to;
    Lines out;
    out.add(fmt::format("header_down Location {} {}",
                        word(fmt::format("^{}(.*)$", quoted_pattern(prefix))), word(to + "${1}")));
    return out;
  }

  Shared& shared_;
  const TextPlace& place_;
  const Pass& pass_;
  Lines out_;
};

}  // namespace

Lines field_lines(Shared& shared, const TextPlace& place) {
  return Maker(shared, place).run();
}

}  // namespace poolproof::translate::caddy
