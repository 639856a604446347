// `return`: a redirect where Envoy has words for it, else an answer with a Location of its own.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/envoy/actions.h"
#include "translate/envoy/headers.h"
#include "translate/envoy/pattern.h"

namespace poolproof::translate::envoy {
namespace {

struct Code {
  std::int64_t number;
  std::string_view name;
};
constexpr std::array kRedirects = {Code{301, "MOVED_PERMANENTLY"}, Code{302, "FOUND"},
                                   Code{303, "SEE_OTHER"}, Code{307, "TEMPORARY_REDIRECT"},
                                   Code{308, "PERMANENT_REDIRECT"}};

std::string_view redirect_name(std::int64_t code) {
  for (const Code& known : kRedirects) {
    if (known.number == code) return known.name;
  }
  return {};
}

class Answer {
 public:
  Answer(Shared& shared, const ActionPlace& place, Directive at)
      : shared_(shared), place_(place), at_(at) {}

  Tree run() {
    Tree route = Tree::map();
    const auto code = parse_number(at_.arg(0));
    const bool has_text = !code || at_.arg_count() > 1;
    const std::int64_t status = code.value_or(302);
    const std::string_view text = !code ? at_.arg(0) : has_text ? at_.arg(1) : std::string_view();
    Tree added = Tree::list();
    if (has_text && !redirect_name(status).empty()) {
      redirect(status, text, route, added);
    } else {
      respond(status, text, route, added);
    }
    if (place_.text.location != nullptr)
      finish(route, std::move(added));
    else if (!added.empty())
      route.set("response_headers_to_add", std::move(added));
    return route;
  }

 private:
  const Scope& scope() const {
    return place_.text.location != nullptr ? *place_.text.location->scope
                                           : *place_.text.server->scope;
  }

  void finish(Tree& route, Tree added) {
    add_response_headers(shared_, place_.text, route, std::move(added));
  }

  // --- texts

  void respond(std::int64_t status, std::string_view text, Tree& route, Tree& added) {
    // nginx closes the connection at 444.
    if (status < 200 || status > 599 || status == 444) {
      const std::int64_t instead = status == 444 ? 403 : 404;
      shared_.error(at_, fmt::format("`return {}` is not translated to envoy: it answers {}",
                                     at_.arg(0), instead));
      status = instead;
    }
    Tree answer = Tree::map().set("status", Tree::number(status));
    const auto known = text.empty() ? std::nullopt : operators_of(shared_, place_.text, text, at_);
    if (known && !known->constant) {
      shared_.error(at_, fmt::format("`return` of `{}` is not translated to envoy: a text without "
                                     "its variables cannot be sent, the answer is empty",
                                     text));
    } else if (known) {
      std::string body = known->text;
      for (std::size_t i = 0; (i = body.find("%%", i)) != std::string::npos; ++i) body.erase(i, 1);
      answer.set("body", Tree::map().set("inline_string", Tree::text(body)));
      added.add(header_option("Content-Type", scope().value_or("default_type", "text/plain"),
                              "OVERWRITE_IF_EXISTS_OR_ADD"));
    }
    route.set("direct_response", std::move(answer));
  }

  // --- redirects

  void redirect(std::int64_t status, std::string_view text, Tree& route, Tree& added) {
    Tree out = Tree::map();
    // `redirect` names the host always.
    const bool is_relative = text.starts_with('/') && !scope().flag_or("absolute_redirect", true);
    if (!is_relative && read(text, out)) {
      out.set("response_code", Tree::word(redirect_name(status)));
      route.set("redirect", std::move(out));
      return;
    }
    const auto location = operators_of(shared_, place_.text, text, at_);
    route.set("direct_response", Tree::map().set("status", Tree::number(status)));
    if (location) {
      added.add(header_option("Location", location->text, "OVERWRITE_IF_EXISTS_OR_ADD"));
    }
  }

  bool read(std::string_view text, Tree& out) {
    if (text.starts_with('/')) {
      add_own_port(out);
      return read_path(text, out);
    }
    for (const std::string_view scheme : {"https", "http", "$scheme"}) {
      const std::string begin = std::string(scheme) + "://";
      if (!text.starts_with(begin)) continue;
      text.remove_prefix(begin.size());
      const std::size_t end = text.find('/') != std::string_view::npos ? text.find('/')
                              : text.find("$request_uri") != std::string_view::npos
                                  ? text.find("$request_uri")
                                  : std::min(text.find("$uri"), text.size());
      const std::string_view rest = text.substr(end);
      Tree made = Tree::map();
      if (scheme != "$scheme") made.set("scheme_redirect", Tree::text(scheme));
      if (!read_host(text.substr(0, end), made) || !read_path(rest, made)) return false;
      out = std::move(made);
      return true;
    }
    return false;
  }

  bool read_host(std::string_view host, Tree& out) {
    if (host == "$host") return shared_.gate.strips_port;
    if (host == "$http_host") return true;
    const std::string_view own = "$server_name";
    if (host == own && place_.text.server != nullptr) {
      const std::string name = first_name(*place_.text.server);
      if (name.empty()) return false;
      out.set("host_redirect", Tree::text(name));
      return true;
    }
    if (host.empty() || has_variables(host)) return false;
    out.set("host_redirect", Tree::text(host));
    return true;
  }

  bool read_path(std::string_view text, Tree& out) {
    if (text == "$request_uri" || text == "$uri$is_args$args") return true;
    if (text == "$uri") {
      out.set("strip_query", Tree::yes());
      return true;
    }
    bool keeps_query = false;
    for (const std::string_view query : {"$is_args$args", "?$args", "?$query_string"}) {
      if (!text.ends_with(query)) continue;
      text.remove_suffix(query.size());
      keeps_query = true;
    }
    const bool has_query = text.find('?') != std::string_view::npos;
    if (has_variables(text)) {
      if (has_query || !read_captures(text, out)) return false;
    } else if (text.empty()) {
      if (keeps_query) return false;
      out.set("path_redirect", Tree::text("/"));
    } else {
      out.set("path_redirect", Tree::text(text));
    }
    if (!keeps_query) out.set("strip_query", Tree::yes());
    return !(has_query && keeps_query);
  }

  bool read_captures(std::string_view text, Tree& out) {
    if (place_.capturing.empty()) return false;
    const auto pieces = split_variables(text);
    std::string made;
    for (const TextPiece& piece : *pieces) {
      const bool is_digit = piece.text.size() == 1 && piece.text[0] >= '0' && piece.text[0] <= '9';
      if (piece.is_variable && !is_digit) return false;
      if (piece.is_variable) made += '\\';
      made += piece.text;
    }
    out.set("regex_rewrite",
            Tree::map()
                .set("pattern", Tree::map().set("regex", Tree::text(anchored(place_.capturing))))
                .set("substitution", Tree::text(made)));
    return true;
  }

  void add_own_port(Tree& out) const {
    const bool usual = shared_.gate.port == (shared_.gate.tls ? 443 : 80);
    if (usual || shared_.gate.port == 0 || !shared_.gate.strips_port) return;
    if (!scope().flag_or("port_in_redirect", true)) return;
    out.set("port_redirect", Tree::number(shared_.gate.port));
  }

  Shared& shared_;
  const ActionPlace& place_;
  Directive at_;
};

}  // namespace

Tree answer_of(Shared& shared, const ActionPlace& place, Directive at) {
  return Answer(shared, place, at).run();
}

Tree slash_redirect_of(Shared& shared, const Location& location) {
  if (!location.scope->flag_or("absolute_redirect", true)) {
    shared.warn(location.scope->find("absolute_redirect").last(),
                "`absolute_redirect off` is not quite translated to envoy: where a slash is added, "
                "the redirect names the host that was asked");
  }
  Tree out = Tree::map();
  out.set("path_redirect", Tree::text(location.pattern));
  out.set("response_code", Tree::word("MOVED_PERMANENTLY"));
  const Gate& gate = shared.gate;
  const bool usual = gate.port == (gate.tls ? 443 : 80) || gate.port == 0;
  if (!usual && gate.strips_port && location.scope->flag_or("port_in_redirect", true)) {
    out.set("port_redirect", Tree::number(gate.port));
  }
  return Tree::map().set("redirect", std::move(out));
}

}  // namespace poolproof::translate::envoy
