// See group_fix.h. What nginx makes of a literal address was seen with 1.22.1.
#include "lint/group_fix.h"

#include <algorithm>

#include <fmt/format.h>

#include "grammar/config/pass_target.h"
#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/sharing_facts.h"

namespace poolproof::lint {
namespace {

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_socket(const Pass& pass) {
  return pass.host.starts_with("unix:");
}

/// In a fragment a bare word may be a group that is defined elsewhere.
bool may_be_a_group(const BoundConfig& bound, const Pass& pass) {
  if (!bound.is_snippet() && !bound.incomplete()) return false;
  const bool address = pass.port != 0 || pass.host == "localhost" || is_socket(pass) ||
                       pass.host.find('.') != std::string::npos ||
                       pass.host.find(':') != std::string::npos;
  return !address;
}

bool has_passing_children(const Location& location) {
  return std::any_of(location.children.begin(), location.children.end(), [](const Location* child) {
    return owns_pass(*child) || has_passing_children(*child);
  });
}

/// "http://host:port" as written, and what follows it.
struct Written {
  std::string_view origin;
  std::string_view authority;
  std::string_view rest;
};

/// Where the URI part begins; a socket's path ends at the second colon.
std::size_t end_of_origin(std::string_view target, std::size_t authority) {
  constexpr std::string_view kSocket = "unix:";
  if (target.substr(authority, kSocket.size()) != kSocket) {
    return std::min(target.find_first_of("/?$", authority), target.size());
  }
  const std::size_t colon = target.find(':', authority + kSocket.size());
  return colon == std::string_view::npos ? target.size() : colon + 1;
}

/// memcached has no scheme.
Written take_apart(const Pass& pass) {
  const std::size_t scheme = pass.target.find("://");
  const std::size_t authority = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t end = end_of_origin(pass.target, authority);
  return Written{pass.target.substr(0, end), pass.target.substr(authority, end - authority),
                 pass.target.substr(end)};
}

/// What nginx sends as Host where nothing sets it: without a port that the scheme implies; for a
/// socket "localhost".
std::string default_host(const Pass& pass, const Written& written) {
  if (is_socket(pass)) return "localhost";
  const std::uint16_t implied = pass.tls ? 443 : 80;
  if (pass.port != implied) return std::string(written.authority);
  return std::string(written.authority.substr(0, written.authority.rfind(':')));
}

std::string kept_host(const Location& location, const Written& written) {
  if (find_header(location, "Host") != nullptr) return {};
  std::string out;
  const auto& list = location.set_headers.value;
  if (!list.empty() && location.scope->own("proxy_set_header").empty()) {
    for (const HeaderField& field : list) {
      out += fmt::format("proxy_set_header {} {};\n", quoted_if_needed(field.name),
                         quoted_if_needed(field.value));
    }
  }
  return out + fmt::format("proxy_set_header Host {};\n", default_host(*location.pass, written));
}

/// Where the argument holds variables nginx rewrites none of itself.
std::string kept_redirects(const Location& location, const Written& written) {
  if (location.pass->has_variables) return {};
  if (!location.scope->find("proxy_redirect").is_default()) return {};
  if (!location.pass->has_uri) return fmt::format("proxy_redirect {}/ /;\n", written.origin);
  return fmt::format("proxy_redirect {} {};\n", location.pass->target,
                     quoted_if_needed(location.pattern));
}

/// The settings that nginx would otherwise derive from the address.
std::string kept_settings(const Location& location, const Written& written) {
  std::string out = kept_host(location, written);
  const Pass& pass = *location.pass;
  if (pass.tls && location.scope->find("proxy_ssl_name").is_default()) {
    out += fmt::format("proxy_ssl_name {};\n", is_socket(pass) ? "localhost" : pass.host);
  }
  out += kept_redirects(location, written);
  if (!out.empty()) out.pop_back();
  return out;
}

bool names_target(std::string_view text) {
  return text.find("proxy_host") != std::string_view::npos ||
         text.find("proxy_port") != std::string_view::npos;
}

/// The server or location that a statement stands in; the root for what is for all.
Directive home_of(Directive at) {
  for (at = at.parent(); at && !at.is_root(); at = at.parent()) {
    if (at.name() == "location" || at.name() == "server") break;
  }
  return at;
}

bool names_target(Directive at) {
  for (std::size_t i = 0; i < at.arg_count(); ++i) {
    if (names_target(at.arg(i))) return true;
  }
  return false;
}

/// Something is kept under a name that has the target in it: all of it would be fetched again.
bool is_cached_by_target(const Location& location) {
  return location.scope->value_or("proxy_cache", "off") != "off" &&
         location.scope->find("proxy_cache_key").is_default();
}

bool rewrites_redirects_by_default(const Location& location) {
  const auto rules = location.scope->find("proxy_redirect").directives;
  return std::any_of(rules.begin(), rules.end(),
                     [](const Directive at) { return at.arg(0) == "default"; });
}

bool must_not_be_shared(const RuleInput& input, const Location& location) {
  return changing_bind(location) || changing_tls_setting(input.config, location, "ssl_name") ||
         changing_tls_setting(input.config, location, "ssl_certificate") ||
         logs_in_by_connection(location);
}

bool is_part_of_a_location(const Location& location) {
  return location.kind == LocationKind::kIf || location.kind == LocationKind::kLimitExcept;
}

}  // namespace

bool could_pass_to_group(const RuleInput& input, const Location& location) {
  if (!owns_pass(location)) return false;
  const Pass& pass = *location.pass;
  const bool keeps = pass.protocol == Protocol::kHttp || pass.protocol == Protocol::kGrpc ||
                     pass.protocol == Protocol::kMemcached;
  return keeps && only_address(location) != nullptr && !may_be_a_group(input.bound, pass);
}

bool is_written_out(const Pass& pass) {
  if (!pass.has_variables) return true;
  if (is_socket(pass)) return false;
  const auto target = parse_pass_target(pass.protocol, take_apart(pass).origin);
  return target && target->host == pass.host && target->port == pass.port;
}

std::string server_address(const Location& location) {
  const Pass& pass = *location.pass;
  if (is_socket(pass)) return pass.host;
  if (pass.has_variables) return only_address(location)->name;
  const std::string_view authority = take_apart(pass).authority;
  const bool has_port = pass.port != 0 || pass.protocol == Protocol::kMemcached;
  return fmt::format("{}{}", authority, has_port ? "" : pass.tls ? ":443" : ":80");
}

/// No `_`: where a Host header is missing the name goes out as one, and backends refuse it there.
std::string new_group_name(const EffectiveConfig& config, const Pass& pass) {
  // Connections with and without TLS to one address must not meet in one pool.
  std::string name = pass.tls ? "tls-pool" : "pool";
  const std::size_t prefix = name.size();
  for (const char c : take_apart(pass).authority) {
    if (is_alnum(c)) {
      if (name.size() == prefix) name += '-';
      name += c;
    } else if (name.back() != '-') {
      name += '-';
    }
  }
  while (name.back() == '-') name.pop_back();
  while (config.find_upstream(name)) name += 'x';
  return name;
}

/// A log may show another name; nothing else may that holds for the location.
const std::unordered_set<DirectiveId>& GroupFixes::naming() const {
  if (naming_) return *naming_;
  naming_.emplace();
  for (DirectiveId id = 1; id < input_.bound.directive_count(); ++id) {
    const Directive at = input_.bound.directive(id);
    if (at.name() != "log_format" && names_target(at)) naming_->insert(home_of(at).id());
  }
  return *naming_;
}

bool GroupFixes::is_target_named(const Location& location) const {
  for (Directive at = location.scope->block(); at; at = at.parent()) {
    if (naming().contains(at.id())) return true;
  }
  return false;
}

std::optional<std::vector<TextEdit>> GroupFixes::edits(const Location& location,
                                                       std::string_view group) const {
  const Pass& pass = *location.pass;
  if (!is_written_out(pass) || must_not_be_shared(input_, location)) return std::nullopt;
  // First the Host that was meant: what is written out here would cover that it is lost.
  if (lost_host_header(location)) return std::nullopt;
  if (pass.protocol == Protocol::kMemcached) {
    return std::vector<TextEdit>{replace_argument(pass.at, 0, group)};
  }
  // gRPC derives more from the name than can be kept here.
  if (pass.protocol != Protocol::kHttp || is_part_of_a_location(location)) return std::nullopt;
  if (has_passing_children(location) || rewrites_redirects_by_default(location) ||
      is_cached_by_target(location) || is_target_named(location)) {
    return std::nullopt;
  }
  const Written written = take_apart(pass);
  const std::string target =
      fmt::format("{}://{}{}", pass.tls ? "https" : "http", group, written.rest);
  std::vector<TextEdit> out{replace_argument(pass.at, 0, target)};
  const std::string settings = kept_settings(location, written);
  if (!settings.empty()) out.push_back(insert_after(pass.at, settings));
  return out;
}

}  // namespace poolproof::lint
