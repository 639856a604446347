// Values that a rule could change before another one reads them are read from notes ("txn."
// variables) that each frontend takes first.
#include "translate/haproxy/expression.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/haproxy/maps.h"

namespace poolproof::translate::haproxy {
namespace {

struct Known {
  std::string_view name, sample, fact = {};
};

/// `fact` is noted by the frontend where it is asked for.
constexpr std::array kKnown = {
    Known{"remote_addr", "src"},
    Known{"realip_remote_addr", "src"},
    Known{"remote_port", "src_port"},
    Known{"server_addr", "dst"},
    Known{"server_port", "dst_port"},
    Known{"scheme", "ssl_fc,iif(https,http)"},
    Known{"https", "ssl_fc,iif(on,)"},
    Known{"host", "var(txn.host)", "host"},
    Known{"request_uri", "var(txn.request_uri)", "request_uri"},
    Known{"uri", "var(txn.path)", "path"},
    Known{"document_uri", "var(txn.path)", "path"},
    Known{"args", "query"},
    Known{"query_string", "query"},
    Known{"is_args", "var(txn.is_args)", "is_args"},
    Known{"request_method", "method"},
    Known{"server_protocol", "var(txn.protocol)", "protocol"},
    Known{"request_id", "var(txn.request_id)", "request_id"},
    Known{"content_type", "var(txn.http_content_type)", "http_content_type"},
    Known{"content_length", "var(txn.http_content_length)", "http_content_length"},
    Known{"proxy_add_x_forwarded_for", "var(txn.forwarded_for)", "forwarded_for"},
    Known{"ssl_protocol", "ssl_fc_protocol"},
    Known{"ssl_cipher", "ssl_fc_cipher"},
    Known{"ssl_server_name", "ssl_fc_sni"},
    Known{"hostname", "hostname"},
    Known{"remote_user", "http_auth_user"},
};

std::string constant(std::string_view text) {
  return fmt::format("str({})", argument(text));
}

std::string in_lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

std::string with_dashes(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c == '_') c = '-';
  }
  return out;
}

std::optional<std::string> capture(const TextPlace& place, std::string_view digit) {
  if (place.capture_pattern.empty() || place.captures_unsure) return std::nullopt;
  if (!place.captures_noted.empty()) {
    return fmt::format("var(txn.{}{})", place.captures_noted, digit);
  }
  return fmt::format("{},regsub({},{}{})", place.capture_subject,
                     argument(whole_pattern(place.capture_pattern)),
                     argument("\\" + std::string(digit)), place.capture_no_case ? ",i" : "");
}

std::string noted(Shared& shared, std::string_view fact) {
  shared.need(std::string(fact));
  return fmt::format("var(txn.{})", fact);
}

/// Host and port as nginx names them to the upstream.
std::string proxy_host(const Pass& pass) {
  if (pass.host.starts_with("unix:")) return "localhost";
  const bool ipv6 = pass.host.find(':') != std::string::npos;
  const std::string host = ipv6 ? fmt::format("[{}]", pass.host) : pass.host;
  const std::uint16_t usual = pass.tls ? 443 : 80;
  if (pass.port == 0 || pass.port == usual) return host;
  return fmt::format("{}:{}", host, pass.port);
}

/// The variables that stand for a constant at one place.
std::optional<std::string> constant_of(const TextPlace& place, std::string_view name) {
  if (name == "server_name" && place.server != nullptr) return server_name(*place.server);
  const bool of_pass = name == "proxy_host" || name == "proxy_port";
  if (place.before_pass && of_pass) return std::string();
  // Not all answers are those of a request that was passed on.
  if (place.in_response && of_pass) return std::nullopt;
  const bool passes =
      place.location != nullptr && place.location->pass && !place.location->pass->has_variables;
  if (!passes) return std::nullopt;
  const Pass& pass = *place.location->pass;
  if (name == "proxy_host") return proxy_host(pass);
  if (name == "proxy_port") {
    return std::to_string(pass.port != 0 ? pass.port : pass.tls ? 443 : 80);
  }
  return std::nullopt;
}

std::optional<std::string> of_response(Shared& shared, const TextPlace& place,
                                       std::string_view name) {
  if (!place.in_response) return std::nullopt;
  if (name == "status") return "status";
  if (name == "proxy_host" || name == "proxy_port") {
    shared.asks_pass = true;
    return fmt::format("var(txn.{})", name);
  }
  if (name.starts_with("upstream_http_")) {
    // What is hidden from the client is known all the same: it is noted before.
    shared.upstream_fields.insert(with_dashes(name.substr(14)));
    return fmt::format("var(txn.{})", name);
  }
  if (name.starts_with("sent_http_")) {
    return fmt::format("res.fhdr({},1)", with_dashes(name.substr(10)));
  }
  return std::nullopt;
}

/// A map's own texts belong to no place.
void see(Shared& shared, const TextPlace& place, std::string_view variable, Directive at) {
  using enum MapCaptures::Phase;
  if (place.server == nullptr) return;
  shared.see(variable, place.in_response ? kAnswer : place.before_pass ? kScript : kRequest, at);
}

}  // namespace

std::string server_name(const Server& server) {
  if (server.names.empty()) return {};
  const ServerName& first = server.names.front();
  if (first.kind == ServerNameKind::kRegex) return first.text;
  return in_lower_case(first.kind == ServerNameKind::kDotted ? first.text.substr(1) : first.text);
}

std::optional<std::string> sample_of(Shared& shared, const TextPlace& place,
                                     std::string_view name) {
  if (name.size() == 1 && name[0] >= '0' && name[0] <= '9') return capture(place, name);
  if (shared.config.find_map(name) != nullptr) return map_sample(shared, name);
  if (shared.config.is_set_somewhere(name)) return fmt::format("var(txn.set_{})", name);
  for (const Known& known : kKnown) {
    if (known.name != name) continue;
    // The request is gone when its answer comes.
    if (place.in_response && known.sample == "query") return noted(shared, "args");
    if (place.in_response && known.sample == "http_auth_user") return noted(shared, "remote_user");
    if (!known.fact.empty()) shared.need(std::string(known.fact));
    return std::string(known.sample);
  }
  if (name.starts_with("http_")) {
    shared.need(std::string(name));
    return fmt::format("var(txn.{})", name);
  }
  if (name.starts_with("cookie_")) {
    if (place.in_response) return noted(shared, name);
    return fmt::format("req.cook({})", name.substr(7));
  }
  if (const auto found = constant_of(place, name)) return constant(*found);
  return of_response(shared, place, name);
}

std::optional<Format> format_of(Shared& shared, const TextPlace& place, std::string_view text,
                                Directive at) {
  const auto pieces = split_variables(text);
  if (!pieces) return Format{literal(text), true, text.empty()};
  Format out;
  for (const TextPiece& piece : *pieces) {
    if (!piece.is_variable) {
      out.text += literal(piece.text);
      out.may_be_empty = out.may_be_empty && piece.text.empty();
      continue;
    }
    see(shared, place, piece.text, at);
    if (const auto text_here = constant_of(place, piece.text)) {
      out.text += literal(*text_here);
      out.may_be_empty = out.may_be_empty && text_here->empty();
      continue;
    }
    const auto sample = sample_of(shared, place, piece.text);
    if (!sample) {
      shared.lose(Severity::kError, at,
                  fmt::format("`${}` has no equivalent in haproxy: `{}` is not said here",
                              piece.text, at.name()));
      return std::nullopt;
    }
    out.text += fmt::format("%[{}]", *sample);
    out.constant = false;
    constexpr std::array kNeverEmpty = {"src",
                                        "status",
                                        "method",
                                        "var(txn.forwarded_for)",
                                        "dst",
                                        "ssl_fc,iif(https,http)",
                                        "var(txn.request_uri)"};
    for (const std::string_view known : kNeverEmpty) {
      if (*sample == known) out.may_be_empty = false;
    }
  }
  return out;
}

std::optional<std::string> text_sample(Shared& shared, const TextPlace& place,
                                       std::string_view text, Directive at) {
  const auto pieces = split_variables(text);
  for (const TextPiece& piece : pieces.value_or(std::vector<TextPiece>{})) {
    if (piece.is_variable) see(shared, place, piece.text, at);
  }
  if (pieces && pieces->size() == 1 && pieces->front().is_variable) {
    auto sample = sample_of(shared, place, pieces->front().text);
    if (!sample) {
      shared.lose(Severity::kError, at,
                  fmt::format("`${}` has no equivalent in haproxy: `{}` is not said here",
                              pieces->front().text, at.name()));
    }
    return sample;
  }
  if (pieces && pieces->size() > 1) {
    // `concat` joins texts with notes, and each value has one.
    std::string out = "str()";
    for (const TextPiece& piece : *pieces) {
      if (!piece.is_variable) {
        out += fmt::format(",concat({})", argument(piece.text));
        continue;
      }
      const auto sample = sample_of(shared, place, piece.text);
      if (sample && sample->starts_with("var(") && sample->ends_with(")")) {
        out += fmt::format(",concat(,{})", sample->substr(4, sample->size() - 5));
        continue;
      }
      shared.lose(Severity::kError, at,
                  fmt::format("`${}` cannot be joined with other text in haproxy: `{}` is not said "
                              "here",
                              piece.text, at.name()));
      return std::nullopt;
    }
    return out;
  }
  return constant(text);
}

std::string whole_pattern(std::string_view pattern) {
  const bool anchored = pattern.starts_with('^') && pattern.ends_with('$') &&
                        !pattern.ends_with("\\$") && pattern.find('|') == std::string_view::npos;
  if (anchored) return std::string(pattern);
  return fmt::format("^(?s:.*?)(?:{})(?s:.*)$", pattern);
}

std::optional<std::string> replacement_text(std::string_view text) {
  const auto pieces = split_variables(text);
  if (!pieces) return std::string(text);
  std::string out;
  for (const TextPiece& piece : *pieces) {
    if (!piece.is_variable) {
      out += piece.text;
      continue;
    }
    const bool digit = piece.text.size() == 1 && piece.text[0] >= '0' && piece.text[0] <= '9';
    if (!digit) return std::nullopt;
    out += fmt::format("\\{}", piece.text);
  }
  return out;
}

std::string matches(std::string_view sample, std::string_view pattern, bool no_case) {
  return fmt::format("{{ {} -m reg {}-- {} }}", word(sample), no_case ? "-i " : "", word(pattern));
}

}  // namespace poolproof::translate::haproxy
