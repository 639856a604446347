// nginx sends a field once for each `proxy_set_header` that names it and is not empty; what is not
// named passes, but for Host, Connection, TE, Keep-Alive, Expect and Upgrade (1.22.1).
#include "translate/haproxy/headers.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/reuse.h"

namespace poolproof::translate::haproxy {
namespace {

std::string in_lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

class RequestHeaders {
 public:
  RequestHeaders(Shared& shared, const TextPlace& place) : shared_(shared), place_(place) {}

  std::vector<Rule> run() {
    const std::vector<HeaderField>& fields = place_.location->set_headers.value;
    for (const HeaderField& field : fields) named_.insert(in_lower_case(field.name));
    if (!named_.contains("host")) add_default_host();
    for (const HeaderField& field : fields) add_field(field);
    drop_unnamed();
    return std::move(out_);
  }

 private:
  const Location& location() const { return *place_.location; }

  void add(std::string text, std::string condition = {}) {
    out_.push_back({std::move(text), std::move(condition)});
  }

  void add_default_host() {
    const auto format = format_of(shared_, place_, "$proxy_host", location().pass->at);
    if (format) add("http-request set-header Host " + word(format->text));
  }

  void add_field(const HeaderField& field) {
    const std::string name = in_lower_case(field.name);
    if (name == "connection") return check_connection(field);
    if (name == "upgrade") return check_upgrade(field);
    if (name == "content-length" || name == "transfer-encoding") {
      shared_.lose(
          Severity::kError, field.at,
          fmt::format("`{}` is not set by haproxy's rules: it is what the body needs", field.name));
      return;
    }
    if (name == "host" && seen_.contains(name)) {
      shared_.lose(Severity::kError, field.at,
                   "haproxy sends one `Host` only: this one is left out");
      return;
    }
    if (name == "host" && field.value == "$http_host") {
      seen_.insert(name);
      return;
    }
    set(field, name);
  }

  void set(const HeaderField& field, const std::string& name) {
    const auto format = format_of(shared_, place_, field.value, field.at);
    const bool again = !seen_.insert(name).second;
    if (!format) return;
    if (format->text.empty()) {
      if (!again) add("http-request del-header " + word(field.name));
      return;
    }
    add(fmt::format("http-request {}-header {} {}", again ? "add" : "set", word(field.name),
                    word(format->text)));
    if (!format->may_be_empty) return;
    add("http-request del-header " + word(field.name),
        fmt::format("!{{ {} gt 0 }}", word(fmt::format("req.fhdr({}),length", field.name))));
  }

  /// Whether connections are kept is said by the backend; other words go nowhere.
  void check_connection(const HeaderField& field) {
    const RequestAssumption client{.connection = "keep-alive", .upgrade = {}};
    for (const std::string& value :
         possible_values(shared_.config, location(), field.value, client).values) {
      const bool known = value.empty() || has_token(value, "close") ||
                         has_token(value, "keep-alive") || has_token(value, "upgrade");
      if (known) continue;
      shared_.lose(Severity::kError, field.at,
                   fmt::format("`Connection: {}` is not sent by haproxy", printable(value)));
      return;
    }
  }

  static std::string printable(std::string_view text) {
    std::string out(text);
    std::replace_if(
        out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, '?');
    return out;
  }

  void check_upgrade(const HeaderField& field) {
    if (passes_upgrade(shared_.config, location())) return;
    const auto sent = possible_values(shared_.config, location(), field.value,
                                      {.connection = "upgrade", .upgrade = "websocket"});
    const bool may_be_sent = std::any_of(sent.values.begin(), sent.values.end(),
                                         [](const std::string& value) { return !value.empty(); });
    if (!may_be_sent) return;
    shared_.lose(Severity::kWarning, field.at,
                 "`Upgrade` without `Connection: upgrade` is not sent by haproxy: no upstream may "
                 "follow it");
  }

  void drop_unnamed() {
    constexpr std::array kDropped = {"te", "keep-alive", "expect"};
    std::string names;
    for (const std::string_view name : kDropped) {
      if (!named_.contains(std::string(name))) add(fmt::format("http-request del-header {}", name));
    }
    if (!passes_upgrade(shared_.config, location())) add("http-request del-header upgrade");
  }

  Shared& shared_;
  const TextPlace& place_;
  std::set<std::string> named_, seen_;
  std::vector<Rule> out_;
};

// --- the upstream's answer
// ------------------------------------------------------------------------

class ResponseHeaders {
 public:
  ResponseHeaders(Shared& shared, TextPlace place) : shared_(shared), place_(std::move(place)) {}

  std::vector<Rule> run() {
    place_.in_response = true;
    add_hidden();
    if (pass().protocol == Protocol::kHttp) add_redirects();
    return std::move(out_);
  }

 private:
  const Scope& scope() const { return *place_.location->scope; }
  const Pass& pass() const { return *place_.location->pass; }
  std::string directive(std::string_view rest) const {
    return fmt::format("{}_{}", pass().protocol == Protocol::kFastcgi ? "fastcgi" : "proxy", rest);
  }

  void add_hidden() {
    std::set<std::string> passed;
    for (const Directive at : scope().find(directive("pass_header")).directives) {
      passed.insert(in_lower_case(at.arg(0)));
    }
    const bool http = pass().protocol == Protocol::kHttp;
    for (const std::string_view name : {"server", "x-pad"}) {
      if (http && !passed.contains(std::string(name))) hide(name);
    }
    if (http) hide("x-accel- -m beg");
    for (const Directive at : scope().find(directive("hide_header")).directives) {
      if (!passed.contains(in_lower_case(at.arg(0)))) hide(word(at.arg(0)));
    }
  }

  void hide(std::string_view name) {
    out_.push_back({fmt::format("http-response del-header {}", name), {}});
  }

  void add_redirects() {
    const Found found = scope().find("proxy_redirect");
    if (found.is_default()) return add_default_redirect();
    for (const Directive at : found.directives) {
      if (at.arg(0) == "off" && at.arg_count() == 1) {
        std::erase_if(out_, [](const Rule& rule) {
          return rule.text.starts_with("http-response replace-header");
        });
        return;
      }
      if (at.arg(0) == "default" && at.arg_count() == 1) {
        add_default_redirect();
      } else {
        add_own_redirect(at);
      }
    }
  }

  void add_default_redirect() {
    if (pass().has_variables || pass().uri.find('?') != std::string::npos) return;
    const std::string_view target = pass().target;
    const std::size_t after = target.find("://");
    if (after == std::string_view::npos) return;
    // A socket's own path ends at the colon.
    const bool socket = target.substr(after + 3).starts_with("unix:");
    const std::size_t from = socket ? target.find(':', after + 8) : target.find('/', after + 3);
    const std::string base(
        target.substr(0, socket && from != std::string_view::npos ? from + 1 : from));
    replace(base + (pass().has_uri ? std::string(pass().uri) : "/"),
            pass().has_uri ? place_.location->pattern : "/");
  }

  void add_own_redirect(Directive at) {
    std::string_view pattern = at.arg(0);
    if (pattern.starts_with('~') || has_variables(pattern) || has_variables(at.arg(1))) {
      shared_.lose(Severity::kError, at,
                   "`proxy_redirect` with variables or an expression is not translated to haproxy: "
                   "`Location` goes to the client as the upstream wrote it");
      return;
    }
    replace(pattern, at.arg(1));
  }

  static std::string quoted_for_regex(std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (std::string_view("\\^$.[]|()?*+{}").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
    return out;
  }

  void replace(std::string_view prefix, std::string_view replacement) {
    std::string to = literal(replacement);
    if (replacement.starts_with('/')) to = origin_of(shared_, scope()) + to;
    out_.push_back(
        {fmt::format("http-response replace-header Location {} {}",
                     word(fmt::format("^{}(.*)$", quoted_for_regex(prefix))), word(to + "\\1")),
         {}});
  }

  Shared& shared_;
  TextPlace place_;
  std::vector<Rule> out_;
};

}  // namespace

std::vector<Rule> request_headers(Shared& shared, const TextPlace& place) {
  return RequestHeaders(shared, place).run();
}

std::vector<Rule> response_headers(Shared& shared, const TextPlace& place) {
  return ResponseHeaders(shared, place).run();
}

std::vector<Rule> added_headers(Shared& shared, const TextPlace& place) {
  const Scope& scope = place.location != nullptr ? *place.location->scope : *place.server->scope;
  TextPlace here = place;
  here.in_response = true;
  std::vector<Rule> out;
  for (const Directive at : scope.find("add_header").directives) {
    const auto format = format_of(shared, here, at.arg(1), at);
    if (!format || format->text.empty()) continue;
    const std::string name(at.arg(0));
    // These have one value each, which nginx replaces.
    const bool single = same_name(name, "last-modified") || same_name(name, "etag");
    std::string condition = at.arg(2) == "always"
                                ? std::string()
                                : "{ status 200 201 204 206 301 302 303 304 307 308 }";
    std::string value = word(format->text);
    if (format->may_be_empty) {
      // nginx sends no field that is empty.
      out.push_back({"http-after-response set-var-fmt(txn.added) " + value, condition});
      condition = both(condition, "{ var(txn.added),length gt 0 }");
      value = "%[var(txn.added)]";
    }
    out.push_back({fmt::format("http-after-response {}-header {} {}", single ? "set" : "add",
                               word(name), value),
                   std::move(condition)});
  }
  return out;
}

std::vector<Rule> upstream_notes(Shared& shared) {
  std::vector<Rule> out;
  for (const std::string& field : shared.upstream_fields) {
    std::string name = field;
    std::replace(name.begin(), name.end(), '-', '_');
    out.push_back(
        {fmt::format("http-response set-var(txn.upstream_http_{}) res.fhdr({},1)", name, field),
         {}});
  }
  shared.upstream_fields.clear();
  return out;
}

}  // namespace poolproof::translate::haproxy
