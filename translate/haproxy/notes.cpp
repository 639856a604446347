// The path is compared as nginx compares it: decoded, slashes merged, dots resolved. nginx answers
// 400 to what is no path (ngx_http_parse_complex_uri of 1.22.1).
#include "translate/haproxy/notes.h"

#include <algorithm>

#include <fmt/format.h>

#include "translate/haproxy/expression.h"

namespace poolproof::translate::haproxy {
namespace {

/// How many ".." in a row are resolved one by one; a path with more is refused.
constexpr int kDotDots = 8;

std::string with_dashes(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c == '_') c = '-';
  }
  return out;
}

std::string rule(std::string_view text, std::string_view condition = {}) {
  return line_of({std::string(text), std::string(condition)});
}

std::string refused(std::string_view condition) {
  return rule("http-request return status 400 default-errorfiles", condition);
}

std::string path_notes(const Scope& scope) {
  const bool merges = scope.flag_or("merge_slashes", true);
  std::string out;
  out += refused("{ path -m sub -i -- %00 }");
  out += rule("http-request set-var(txn.path) path,url_dec");
  out += refused("!{ var(txn.path) -m beg / }");
  const std::string slashes = merges ? R"(regsub("//+","/",g),)" : "";
  const std::string simple = fmt::format(
      R"(http-request set-var(txn.path) 'var(txn.path),{}regsub("/(\\./)+","/",g),regsub("/\\.$","/")')",
      slashes);
  out += rule(simple, "{ var(txn.path) -m sub // /. }");
  const std::string up = R"re(regsub("/(?!\\.\\./)[^/]+/\\.\\.(/|$)","/"))re";
  std::string chain = "var(txn.path)";
  for (int i = 0; i < kDotDots; ++i) chain += "," + up;
  out += rule(fmt::format("http-request set-var(txn.path) '{}'", chain),
              "{ var(txn.path) -m sub /.. }");
  out += refused(R"({ var(txn.path) -m sub /../ } || { var(txn.path) -m end /.. })");
  return out;
}

/// Fields whose names are not valid are dropped.
std::string header_filter(const Scope& scope, std::string_view gate = {}) {
  if (!scope.flag_or("ignore_invalid_headers", true)) return {};
  const bool underscores = scope.flag_or("underscores_in_headers", false);
  return rule(fmt::format("http-request del-header [^A-Za-z0-9{}-] -m reg", underscores ? "_" : ""),
              gate);
}

/// Do all servers drop the same? If not, the one that `Host` names decides of what follows it.
bool filter_alike(const Listener& listener) {
  const std::string own = header_filter(*listener.fallback->scope);
  return std::all_of(listener.servers.begin(), listener.servers.end(),
                     [&](const Server* server) { return header_filter(*server->scope) == own; });
}

/// Until 1.23.0 nginx joined the fields of these names only, and took the first of any other.
bool is_joined(const Shared& shared, std::string_view field) {
  return field == "cookie" || field == "x-forwarded-for" ||
         shared.config.version() >= Version{1, 23, 0};
}

/// The value of all fields of a name; of those beyond kFields nothing is taken.
std::string field_note(const Shared& shared, std::string_view note, const std::string& field) {
  constexpr int kFields = 8;
  std::string out = rule(fmt::format("http-request set-var(txn.{}) req.fhdr({},1)", note, field));
  if (!is_joined(shared, field)) return out;
  const std::string_view between = field == "cookie" ? "; " : ", ";
  const std::string several = fmt::format("{{ req.fhdr_cnt({}) ge 2 }}", field);
  std::string all = fmt::format("%[req.fhdr({},1)]", field);
  for (int i = 2; i <= kFields; ++i) all += fmt::format("{}%[req.fhdr({},{})]", between, field, i);
  out += rule(fmt::format("http-request set-var-fmt(txn.{}) {}", note, word(all)), several);
  const std::string end = fmt::format("var(txn.{}),regsub({},{})", note,
                                      argument(fmt::format("({})+$", between)), argument(""));
  return out + rule(fmt::format("http-request set-var(txn.{}) {}", note, word(end)), several);
}

std::string fact_notes(const Shared& shared) {
  std::string out;
  for (const std::string& fact : shared.facts) {
    if (fact.starts_with("http_")) {
      out += field_note(shared, fact, with_dashes(std::string_view(fact).substr(5)));
    } else if (fact.starts_with("cookie_")) {
      out += rule(fmt::format("http-request set-var(txn.{}) req.cook({})", fact, fact.substr(7)));
    } else if (fact == "args") {
      out += rule("http-request set-var(txn.args) query");
    } else if (fact == "remote_user") {
      out += rule("http-request set-var(txn.remote_user) http_auth_user");
    } else if (fact == "request_uri") {
      out += rule("http-request set-var(txn.request_uri) pathq");
    } else if (fact == "protocol") {
      out += rule("http-request set-var-fmt(txn.protocol) HTTP/%[req.ver]");
    } else if (fact == "request_id") {
      out += rule(R"(http-request set-var(txn.request_id) 'uuid(4),regsub("-","",g)')");
    } else if (fact == "is_args") {
      out += rule("http-request set-var(txn.is_args) str(?)", "{ query,length gt 0 }");
    } else if (fact == "forwarded_for") {
      const std::string is_there = "{ req.fhdr(x-forwarded-for) -m found }";
      out += field_note(shared, fact, "x-forwarded-for");
      out += rule("http-request set-var-fmt(txn.forwarded_for) '%[var(txn.forwarded_for)], %[src]'",
                  is_there);
      out += rule("http-request set-var(txn.forwarded_for) src", "!" + is_there);
    }
  }
  return out;
}

/// The host of a request without one is the first name of the server.
std::string host_of_none(const Listener& listener, const Plan& plan) {
  const std::string none = "!{ var(txn.host),length gt 0 }";
  std::string out;
  bool by_label = false;
  for (const Server* server : listener.servers) {
    const std::string& label = plan.server_labels.at(server);
    const std::string name = server_name(*server);
    if (listener.servers.size() > 1 && label == name) {
      by_label = true;
    } else if (!name.empty()) {
      const std::string here = fmt::format("{{ var(txn.server) -m str {} }}", label);
      out += rule("http-request set-var(txn.host) " + word(fmt::format("str({})", argument(name))),
                  both(none, listener.servers.size() > 1 ? here : ""));
    }
  }
  if (by_label) {
    out += rule("http-request set-var(txn.host) var(txn.server)",
                both(none, "!{ var(txn.server) -m beg server_ }"));
  }
  return out;
}

}  // namespace

std::string line_of(const Rule& rule, std::string_view gate) {
  const std::string condition = both(gate, rule.condition);
  return fmt::format("    {}{}{}\n", rule.text, condition.empty() ? "" : " if ", condition);
}

std::string first_notes(const Shared& shared, const Listener& listener) {
  const Scope& scope = *listener.fallback->scope;
  std::string out = "\n    # what nginx refuses, and what it knows of each request\n";
  out += refused("{ req.ver 1.1 } !{ req.hdr_cnt(host) eq 1 }");
  out += refused("{ url -m beg * }");
  out += rule("http-request set-uri %[pathq]", "!{ url -m beg / }");
  if (filter_alike(listener)) out += header_filter(scope);
  out += rule("http-request set-var(txn.host) str()");
  out += rule("http-request set-var(txn.host) req.hdr(host),host_only,lower,rtrim(.)",
              "{ req.hdr(host) -m found }");
  out += path_notes(scope);
  out += fact_notes(shared);
  return out;
}

std::string later_notes(const Shared& shared, const Listener& listener, const Plan& plan) {
  std::string out;
  if (!filter_alike(listener)) {
    for (const Server* server : listener.servers) {
      out += header_filter(*server->scope, fmt::format("{{ var(txn.server) -m str {} }}",
                                                       plan.server_labels.at(server)));
    }
  }
  const auto asked = [&](std::string_view fact) {
    return shared.facts.contains(std::string(fact));
  };
  if (asked("host") || asked("origin") || asked("origin_without_port")) {
    out += host_of_none(listener, plan);
  }
  for (const std::string_view fact : {"origin", "origin_without_port"}) {
    if (!asked(fact)) continue;
    const bool usual = listener.port == 0 || listener.port == (listener.tls ? 443 : 80);
    out += rule(
        fmt::format("http-request set-var-fmt(txn.{}) {}://%[var(txn.host)]{}", fact,
                    listener.tls ? "https" : "http",
                    usual || fact != "origin" ? std::string() : fmt::format(":{}", listener.port)));
  }
  for (const Rule& each : shared.map_rules) out += line_of(each);
  return out;
}

}  // namespace poolproof::translate::haproxy
