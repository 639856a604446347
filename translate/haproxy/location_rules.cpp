// In nginx's order: size of the body, the rewrite module, access, then the pass.
#include "translate/haproxy/location_rules.h"

#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/haproxy/escapes.h"
#include "translate/haproxy/fcgi.h"
#include "translate/haproxy/headers.h"
#include "translate/haproxy/script.h"
#include "translate/reuse.h"
#include "translate/route_order.h"

namespace poolproof::translate::haproxy {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kUsualTimeout{60'000};

class Maker {
 public:
  Maker(Shared& shared, const Location& location, std::string label, const Script& of_server)
      : shared_(shared), location_(location), of_server_(of_server) {
    out_.location = &location;
    out_.label = std::move(label);
    place_.server = location.server;
    place_.location = &location;
    const bool regex =
        location.kind == LocationKind::kRegex || location.kind == LocationKind::kRegexNoCase;
    if (!regex) return;
    place_.capture_subject = "var(txn.path)";
    place_.capture_pattern = location.pattern;
    place_.capture_no_case = location.kind == LocationKind::kRegexNoCase;
  }

  LocationRules run() {
    shared_.map_captures.begin();
    shared_.asks_pass = false;
    if (const Directive at = scope().find("internal").last()) {
      // What else nginx itself sends there is told where it is sent.
      if (!of_server_.rewrites.empty()) {
        shared_.lose_once(Severity::kError, at,
                          "`internal` behind a `rewrite` of the server is not translated to "
                          "haproxy: it answers 404 there, too");
      } else {
        shared_.lose_once(Severity::kWarning, at,
                          "`internal`: haproxy does not follow an upstream's `X-Accel-Redirect`");
      }
      add("http-request return status 404 default-errorfiles");
      append(out_.after, added_headers(shared_, place_));
      return std::move(out_);
    }
    limit_body();
    redirect_to_slash();
    // Other methods do not come to the statements of the rewrite module.
    tell_children();
    const bool is_root = location_.kind == LocationKind::kServerLevel;
    Script script = is_root ? Script{} : script_of(shared_, place_, location_.scope->block());
    append(out_.request, std::move(script.rules));
    place_.captures_unsure = script.takes_captures;
    if (!script.always_answers && !asks_who_it_is()) {
      add_access();
      finish(script);
    }
    append(out_.after, added_headers(shared_, place_));
    if (out_.passes && shared_.asks_pass) note_pass();
    std::vector<Rule> noted = upstream_notes(shared_);
    if (out_.passes) out_.response.insert(out_.response.begin(), noted.begin(), noted.end());
    return std::move(out_);
  }

 private:
  const Scope& scope() const { return *location_.scope; }

  /// Behind all that answers by itself.
  void note_pass() {
    for (const std::string_view name : {"proxy_host", "proxy_port"}) {
      const auto sample = sample_of(shared_, place_, name);
      if (sample) add(fmt::format("http-request set-var(txn.{}) {}", name, word(*sample)));
    }
  }

  static void append(std::vector<Rule>& to, std::vector<Rule> rules) {
    for (Rule& rule : rules) to.push_back(std::move(rule));
  }

  void add(std::string text, std::string condition = {}) {
    out_.request.push_back({std::move(text), std::move(condition)});
  }

  void limit_body() {
    const auto limit = parse_offset(scope().value_or("client_max_body_size", "1m"));
    if (!limit || *limit <= 0) return;
    if (const Directive at = scope().find("client_max_body_size").last()) {
      shared_.lose_once(Severity::kWarning, at,
                        "`client_max_body_size`: haproxy does not measure bodies without "
                        "`Content-Length`");
    }
    add("http-request return status 413 default-errorfiles",
        fmt::format("{{ req.hdr_val(content-length) gt {} }}", *limit));
  }

  void redirect_to_slash() {
    const std::string_view path = redirected_path(location_);
    if (path.empty()) return;
    shared_.need("is_args");
    const std::string to = escaped_path(location_.pattern, shared_.path_escape());
    add(fmt::format("http-request redirect location {} code 301",
                    word(fmt::format("{}{}%[var(txn.is_args)]%[query]", origin_of(shared_, scope()),
                                     literal(to)))),
        fmt::format("{{ var(txn.path) -m str -- {} }}", word(path)));
  }

  // --- access
  // -------------------------------------------------------------------------------------

  void tell_children() {
    for (const Location* child : location_.children) {
      if (child->kind == LocationKind::kLimitExcept) limit_methods(*child);
    }
  }

  void limit_methods(const Location& child) {
    bool denies_all = false;
    for (const Directive at : children(child.scope->block())) {
      denies_all = denies_all || (at.name() == "deny" && at.arg(0) == "all");
      if (at.name() != "deny") denies_all = false;
      if (!denies_all) break;
    }
    if (!denies_all) {
      shared_.lose(Severity::kError, child.scope->block(),
                   "`limit_except` with more than `deny all` is not translated to haproxy: every "
                   "method is taken");
      return;
    }
    std::string methods(child.pattern);
    if (has_token(comma_separated(methods), "GET")) methods += " HEAD";
    add("http-request deny deny_status 403", fmt::format("!{{ method -i {} }}", methods));
  }

  static std::string comma_separated(std::string text) {
    for (char& c : text) {
      if (c == ' ') c = ',';
    }
    return text;
  }

  /// What cannot be asked must not stand open: nobody is let in.
  bool asks_who_it_is() {
    for (const std::string_view name : {"auth_basic", "auth_request", "auth_jwt"}) {
      const Directive at = scope().find(name).last();
      if (!at || at.arg(0) == "off") continue;
      shared_.lose_once(
          Severity::kError, at,
          fmt::format("`{}` is not translated to haproxy: nobody is let in (403)", name));
      add("http-request deny deny_status 403");
      return true;
    }
    return false;
  }

  /// The first that matches decides.
  void add_access() {
    std::string allowed;
    const Found allow = scope().find("allow"), deny = scope().find("deny");
    for (const Directive at : access_list()) {
      const std::string_view who = at.arg(0);
      if (at.name() == "allow") {
        if (who == "all") return;
        if (who != "unix:") allowed += fmt::format(" !{{ src {} }}", word(who));
        continue;
      }
      if (who == "unix:") continue;
      const std::string here =
          who == "all" ? std::string() : fmt::format("{{ src {} }}", word(who));
      const std::string_view before =
          allowed.empty() ? allowed : std::string_view(allowed).substr(1);
      add("http-request deny deny_status 403", both(here, before));
    }
  }

  /// `allow` and `deny` are one list in nginx: the innermost level that has either.
  std::vector<Directive> access_list() const {
    for (const Scope* level = &scope(); level != nullptr; level = level->parent()) {
      if (level->own("allow").empty() && level->own("deny").empty()) continue;
      std::vector<Directive> out;
      for (const Directive at : children(level->block())) {
        if (at.name() == "allow" || at.name() == "deny") out.push_back(at);
      }
      return out;
    }
    return {};
  }

  // --- the pass
  // -----------------------------------------------------------------------------------

  void finish(const Script& script) {
    if (!location_.pass) return answer_without_file();
    const Pass& pass = *location_.pass;
    if (pass.has_variables || pass.upstream == nullptr) {
      shared_.lose(
          Severity::kError, pass.at,
          fmt::format("`{} {}` with variables is not translated to haproxy: it answers 502",
                      pass.at.name(), pass.target));
      return add("http-request return status 502 default-errorfiles");
    }
    if (pass.protocol != Protocol::kHttp && pass.protocol != Protocol::kFastcgi) {
      shared_.lose(Severity::kError, pass.at,
                   fmt::format("haproxy does not speak {}: `{}` answers 502",
                               to_string(pass.protocol), pass.at.name()));
      return add("http-request return status 502 default-errorfiles");
    }
    out_.passes = true;
    tell_version(pass);
    set_timeouts(pass);
    if (pass.protocol == Protocol::kHttp) {
      pass_path(pass, script);
      append(out_.request, request_headers(shared_, place_));
      set_method();
    }
    forbid_repeats(pass);
    append(out_.response, response_headers(shared_, place_));
  }

  /// The default of old versions is told in the documentation, not everywhere.
  void tell_version(const Pass& pass) {
    const Setting<HttpVersion>& version = location_.http_version;
    if (pass.protocol != Protocol::kHttp || version.origin.kind == OriginKind::kDefault) return;
    if (version.value == HttpVersion::k11) return;
    shared_.lose_once(Severity::kWarning, version.origin.directive,
                      "`proxy_http_version`: haproxy speaks HTTP/1.1 to the server");
  }

  void answer_without_file() {
    const Found root = scope().find("root"), alias = scope().find("alias");
    const bool said = !root.is_default() || !alias.is_default();
    const Directive at = !alias.is_default()  ? alias.last()
                         : !root.is_default() ? root.last()
                                              : location_.scope->block();
    shared_.lose(
        said ? Severity::kError : Severity::kWarning, at,
        said ? fmt::format("haproxy serves no files: `{}` answers 404", location_.display())
             : fmt::format("`{}` has nothing but nginx's own folder of files, which haproxy "
                           "does not serve: it answers 404",
                           location_.display()));
    add("http-request return status 405 default-errorfiles", "!{ method GET HEAD POST }");
    add("http-request return status 404 default-errorfiles");
  }

  milliseconds timeout_of(std::string_view name) const {
    return parse_time(scope().value_or(name, "60s")).value_or(kUsualTimeout);
  }

  void set_timeouts(const Pass& pass) {
    const bool fcgi = pass.protocol == Protocol::kFastcgi;
    const milliseconds read = timeout_of(fcgi ? "fastcgi_read_timeout" : "proxy_read_timeout");
    if (read == kUsualTimeout) return;
    add("http-request set-timeout server " + time_text(read));
    if (passes_upgrade(shared_.config, location_)) {
      add("http-request set-timeout tunnel " + time_text(read));
    }
  }

  /// The query stays, but for a question mark with nothing behind it.
  void set_path(const std::string& path, const std::string& condition) {
    shared_.need("is_args");
    add("http-request set-pathq " + word(path + "%[var(txn.is_args)]%[query]"), condition);
  }

  void pass_path(const Pass& pass, const Script& script) {
    if (!script.rewrites.empty()) append(out_.request, escape_rules(shared_));
    // A path of `proxy_pass` replaces nothing once a rewrite has ended with `break`.
    const std::string& before = pass.has_uri ? of_server_.breaking_rewrites : of_server_.rewrites;
    std::string ids = script.rewrites;
    if (!before.empty()) {
      ids += (ids.empty() ? "" : " ") + before;
      shared_.need("escaped_path");
    }
    const std::string rewritten = fmt::format("{{ var(txn.rewrite) -m int {} }}", ids);
    if (pass.has_uri) replace_uri(pass, ids.empty() ? "" : "!" + rewritten);
    if (ids.empty()) return;
    set_path("%[var(txn.escaped_path)]", rewritten);
  }

  void replace_uri(const Pass& pass, const std::string& condition) {
    if (pass.uri.find('?') != std::string::npos) {
      shared_.lose(
          Severity::kError, pass.at,
          "arguments in `proxy_pass` are not translated to haproxy: the path is not replaced");
      return;
    }
    if (location_.kind == LocationKind::kExact) {
      return set_path(literal(pass.uri), condition);
    }
    const bool is_plain = escaped_path(pass.uri, shared_.path_escape()) == pass.uri;
    if (pass.uri == location_.pattern && is_plain) {
      // The path stays, but as nginx writes it.
      shared_.need("escaped_path");
      return set_path("%[var(txn.escaped_path)]", condition);
    }
    shared_.need("escaped_path");
    const std::string& prefix = location_.pattern;
    const std::string escaped = escaped_path(prefix, shared_.path_escape());
    if (escaped.size() == prefix.size()) return replace_prefix(pass, escaped.size(), condition);
    const std::string is_escaped =
        fmt::format("{{ var(txn.escaped_path) -m beg -- {} }}", word(escaped));
    replace_prefix(pass, escaped.size(), both(condition, is_escaped));
    replace_prefix(pass, prefix.size(), both(condition, "!" + is_escaped));
  }

  void replace_prefix(const Pass& pass, std::size_t cut, const std::string& condition) {
    set_path(fmt::format("{}%[var(txn.escaped_path),bytes({})]", literal(pass.uri), cut),
             condition);
  }

  void set_method() {
    const Found method = scope().find("proxy_method");
    if (method.is_default()) return;
    const auto format = format_of(shared_, place_, method.last().arg(0), method.last());
    if (format) add("http-request set-method " + word(format->text));
  }

  /// nginx repeats these only where it is told to (1.9.13).
  void forbid_repeats(const Pass& pass) {
    const std::string_view name =
        pass.protocol == Protocol::kFastcgi ? "fastcgi_next_upstream" : "proxy_next_upstream";
    const Found found = scope().find(name);
    for (std::size_t i = 0; found.last() && i < found.last().arg_count(); ++i) {
      if (found.last().arg(i) == "non_idempotent") return;
    }
    add("http-request disable-l7-retry", "{ method POST LOCK PATCH }");
  }

  Shared& shared_;
  const Location& location_;
  const Script& of_server_;
  TextPlace place_;
  LocationRules out_;
};

}  // namespace

LocationRules location_rules(Shared& shared, const Location& location, std::string label,
                             const Script& of_server) {
  return Maker(shared, location, std::move(label), of_server).run();
}

}  // namespace poolproof::translate::haproxy
