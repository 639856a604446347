// nginx's texts with variables as texts with Caddy's placeholders. Knows nothing of sites and
// routes.
#include "translate/caddy/expression.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/config/lower_case.h"
#include "grammar/syntax/values.h"
#include "translate/caddy/maps.h"
#include "translate/caddy/words.h"

namespace poolproof::translate::caddy {
namespace {

constexpr std::string_view kQuery = "{http.request.uri.query}";
// Noted down by note_path(): what goes upstream may be another one.
constexpr std::string_view kPath = "{http.vars.normal_path}";

struct Known {
  std::string_view name, placeholder;
  bool may_be_empty = false;
};

constexpr std::array kKnown = {
    Known{"args", kQuery, true},
    Known{"content_length", "{http.request.header.Content-Length}", true},
    Known{"content_type", "{http.request.header.Content-Type}", true},
    Known{"document_uri", kPath},
    Known{"host", "{http.request.host}"},
    Known{"hostname", "{system.hostname}"},
    Known{"http_host", "{http.request.hostport}", true},
    Known{"query_string", kQuery, true},
    Known{"realip_remote_addr", "{http.request.remote.host}"},
    Known{"remote_addr", "{http.request.remote.host}"},
    Known{"remote_port", "{http.request.remote.port}"},
    Known{"request_method", "{http.request.method}"},
    Known{"request_uri", "{http.request.orig_uri}"},
    Known{"scheme", "{http.request.scheme}"},
    Known{"server_protocol", "{http.request.proto}"},
    Known{"uri", kPath},
};

Text placeholder(std::string text, bool may_be_empty) {
  return {std::move(text), false, may_be_empty, true};
}

Text constant(std::string_view text) {
  return {literal(text), true, text.empty(), false};
}

std::string field_name(std::string_view name) {
  std::string out(name);
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

std::string server_name(const Server& server) {
  if (server.names.empty()) return {};
  const ServerName& first = server.names.front();
  if (first.kind == ServerNameKind::kRegex) return first.text;
  return lower_case(first.kind == ServerNameKind::kDotted ? first.text.substr(1) : first.text);
}

std::optional<Text> constant_of(const TextPlace& place, std::string_view name) {
  const bool tls = place.listener != nullptr && place.listener->tls;
  if (name == "server_name" && place.server != nullptr) return constant(server_name(*place.server));
  if (name == "server_port" && place.listener != nullptr) {
    return constant(fmt::format("{}", place.listener->port));
  }
  if (name == "https" && place.listener != nullptr) return constant(tls ? "on" : "");
  const bool of_pass = name == "proxy_host" || name == "proxy_port";
  if (place.before_pass && of_pass) return constant("");
  const bool passes = place.location != nullptr && place.location->pass;
  if (passes && name == "proxy_host") return constant(proxy_host(*place.location->pass));
  if (passes && name == "proxy_port") {
    const Pass& pass = *place.location->pass;
    return constant(fmt::format("{}", pass.port != 0 ? pass.port : pass.tls ? 443 : 80));
  }
  return std::nullopt;
}

bool is_digit(std::string_view name) {
  return name.size() == 1 && name[0] >= '0' && name[0] <= '9';
}

std::ptrdiff_t group_count(std::string_view pattern) {
  std::ptrdiff_t out = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (pattern[i] == '(' && pattern.substr(i, 3) != "(?:" &&
               pattern.substr(i, 3) != "(?i") {
      ++out;
    }
  }
  return out;
}

std::optional<Text> capture_of(const TextPlace& place, std::string_view name) {
  if (is_digit(name) && place.captures_unsure) return std::nullopt;
  for (auto each = place.captures.rbegin(); each != place.captures.rend(); ++each) {
    const bool named = each->pattern.find(fmt::format("(?P<{}>", name)) != std::string::npos;
    if (named || (is_digit(name) && name[0] - '0' <= group_count(each->pattern))) {
      return placeholder(fmt::format("{{http.regexp.{}.{}}}", each->name, name), true);
    }
    // Digits are those of the last expression.
    if (is_digit(name)) return constant("");
  }
  if (is_digit(name)) return constant("");
  return std::nullopt;
}

/// Placeholders of things that may be missing stay as they are written; a map makes them empty.
Text or_empty(Shared& shared, std::string_view name, const std::string& source) {
  return placeholder(shared.mapped(name, source, {{"``", "``"}, {"default", source}}), true);
}

std::optional<Text> made_of_others(Shared& shared, std::string_view name) {
  if (name == "is_args") {
    return placeholder(
        shared.mapped("is_args", std::string(kQuery), {{"``", "``"}, {"default", "?"}}), true);
  }
  if (name == "proxy_add_x_forwarded_for") {
    const std::string field = "{http.request.header.X-Forwarded-For}";
    const std::string address = "{http.request.remote.host}";
    return placeholder(
        shared.mapped("forwarded_for", field,
                      {{"``", address}, {"default", fmt::format("`{}, {}`", field, address)}}),
        false);
  }
  if (name.starts_with("cookie_")) {
    return or_empty(shared, identifier(name),
                    fmt::format("{{http.request.cookie.{}}}", name.substr(7)));
  }
  return std::nullopt;
}

MapCaptures::Phase phase_of(const TextPlace& place) {
  if (place.in_answer) return MapCaptures::Phase::kAnswer;
  return place.before_pass ? MapCaptures::Phase::kScript : MapCaptures::Phase::kRequest;
}

}  // namespace

std::optional<Text> value_of(Shared& shared, const TextPlace& place, std::string_view name) {
  if (const auto found = capture_of(place, name)) return found;
  if (shared.config().find_map(name) != nullptr) return map_value(shared, name);
  if (shared.config().is_set_somewhere(name)) return placeholder(shared.variable(name), true);
  for (const Known& known : kKnown) {
    if (known.name != name) continue;
    if (known.placeholder == kPath) shared.needs_path = true;
    return placeholder(std::string(known.placeholder), known.may_be_empty);
  }
  if (name.starts_with("http_")) {
    return placeholder(fmt::format("{{http.request.header.{}}}", field_name(name.substr(5))), true);
  }
  if (const auto found = constant_of(place, name)) return found;
  return made_of_others(shared, name);
}

std::optional<Text> text_of(Shared& shared, const TextPlace& place, std::string_view text,
                            Directive at) {
  const auto pieces = split_variables(text);
  if (!pieces) return constant(text);
  Text out;
  for (const TextPiece& piece : *pieces) {
    // A map's own texts belong to no place.
    const bool is_seen = piece.is_variable && place.server != nullptr;
    if (is_seen) shared.see(piece.text, phase_of(place), at);
    const std::optional<Text> value =
        piece.is_variable ? value_of(shared, place, piece.text) : constant(piece.text);
    if (!value) {
      shared.lose(Severity::kError, at,
                  fmt::format("`${}` has no equivalent in caddy: `{}` is not said here", piece.text,
                              at.name()));
      return std::nullopt;
    }
    out.text += value->text;
    out.constant = out.constant && value->constant;
    out.may_be_empty = out.may_be_empty && value->may_be_empty;
    out.is_single = pieces->size() == 1 && value->is_single;
  }
  if (out.text.find("{$") != std::string::npos) {
    shared.lose(Severity::kError, at,
                fmt::format("`{}` is not said in caddy: it would take `{{$` for a variable of the "
                            "environment",
                            at.name()));
    return std::nullopt;
  }
  return out;
}

const Scope& scope_of(const TextPlace& place) {
  return place.location != nullptr ? *place.location->scope : *place.server->scope;
}

std::string query_behind_path(Shared& shared) {
  return value_of(shared, {}, "is_args")->text + std::string(kQuery);
}

std::string query_behind_query(Shared& shared) {
  return shared.mapped("and_args", std::string(kQuery),
                       {{"``", "``"}, {"default", fmt::format("&{}", kQuery)}});
}

std::string origin_of(const TextPlace& place) {
  const Scope& scope = scope_of(place);
  if (!scope.flag_or("absolute_redirect", true)) return {};
  const Listener& listener = *place.listener;
  const std::uint16_t usual = listener.tls ? 443 : 80;
  const bool with_port = listener.port != usual && scope.flag_or("port_in_redirect", true);
  return fmt::format("{{http.request.scheme}}://{{http.request.host}}{}",
                     with_port ? fmt::format(":{}", listener.port) : "");
}

std::string proxy_host(const Pass& pass) {
  if (pass.host.starts_with("unix:")) return "localhost";
  const bool ipv6 = pass.host.find(':') != std::string::npos;
  const std::string host = ipv6 ? fmt::format("[{}]", pass.host) : pass.host;
  const std::uint16_t usual = pass.tls ? 443 : 80;
  if (pass.port == 0 || pass.port == usual) return host;
  return fmt::format("{}:{}", host, pass.port);
}

}  // namespace poolproof::translate::caddy
