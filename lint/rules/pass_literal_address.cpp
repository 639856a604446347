// Rule: a pass names an address instead of an upstream group, so nginx has nowhere to keep
// connections.
#include <algorithm>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// No `_`: where a Host header is missing the name goes out as one, and backends refuse it there.
std::string group_name(const EffectiveConfig& config, std::string_view authority) {
  std::string name = "pool";
  for (const char c : authority) {
    if (is_alnum(c)) {
      if (name == "pool") name += '-';
      name += c;
    } else if (name.back() != '-') {
      name += '-';
    }
  }
  while (name.back() == '-') name.pop_back();
  while (config.find_upstream(name)) name += 'x';
  return name;
}

/// In a fragment a bare word may be a group that is defined elsewhere.
bool may_be_a_group(const BoundConfig& bound, const Pass& pass) {
  if (!bound.is_snippet() && !bound.incomplete()) return false;
  const bool address = pass.port != 0 || pass.host == "localhost" ||
                       pass.host.starts_with("unix:") || pass.host.find('.') != std::string::npos ||
                       pass.host.find(':') != std::string::npos;
  return !address;
}

bool could_pool(const Location& location) {
  switch (location.pass->protocol) {
    case Protocol::kHttp:
    case Protocol::kGrpc:
    case Protocol::kMemcached:
      return true;
    case Protocol::kFastcgi:
      return location.scope->flag_or("fastcgi_keep_conn", false);
    case Protocol::kScgi:
    case Protocol::kUwsgi:
      return false;
  }
  return false;
}

bool has_passing_children(const Location& location) {
  for (const Location* child : location.children) {
    if (owns_pass(*child) || has_passing_children(*child)) return true;
  }
  return false;
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
    return std::min(target.find_first_of("/?", authority), target.size());
  }
  const std::size_t colon = target.find(':', authority + kSocket.size());
  return colon == std::string_view::npos ? target.size() : colon + 1;
}

std::optional<Written> take_apart(const Pass& pass) {
  const std::size_t scheme = pass.target.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  const std::size_t authority = scheme + 3;
  const std::size_t end = end_of_origin(pass.target, authority);
  return Written{pass.target.substr(0, end), pass.target.substr(authority, end - authority),
                 pass.target.substr(end)};
}

bool is_socket(const Pass& pass) {
  return pass.host.starts_with("unix:");
}

/// What nginx would otherwise derive from the address: the Host header, the name in the TLS
/// handshake and the rewriting of redirects.
std::string kept_settings(const Location& location, const Written& written, bool list_is_own) {
  std::string out;
  const auto& list = location.set_headers;
  const bool needs_host = find_header(location, "Host") == nullptr;
  if (needs_host && !list.value.empty() && !list_is_own) {
    for (const HeaderField& field : list.value) {
      out += fmt::format("proxy_set_header {} {};\n", quoted_if_needed(field.name),
                         quoted_if_needed(field.value));
    }
  }
  // For a socket nginx says `Host: localhost` (seen with 1.22.1).
  const std::string_view host = is_socket(*location.pass) ? "localhost" : written.authority;
  if (needs_host) out += fmt::format("proxy_set_header Host {};\n", host);
  if (location.pass->tls && location.scope->find("proxy_ssl_name").is_default()) {
    out += fmt::format("proxy_ssl_name {};\n",
                       is_socket(*location.pass) ? "localhost" : location.pass->host);
  }
  const bool has_uri = location.pass->has_uri;
  out += has_uri ? fmt::format("proxy_redirect {} {};", location.pass->target,
                               quoted_if_needed(location.pattern))
                 : fmt::format("proxy_redirect {}/ /;", written.origin);
  return out;
}

/// Something that is sent or stored holds the name of the target, which would be another one.
bool uses_target_name(const Location& location) {
  const auto names_it = [](std::string_view text) {
    return text.find("proxy_host") != std::string_view::npos ||
           text.find("proxy_port") != std::string_view::npos;
  };
  const auto& list = location.set_headers.value;
  if (std::any_of(list.begin(), list.end(),
                  [&](const auto& field) { return names_it(field.value); }))
    return true;
  const std::string_view cache = location.scope->value_or("proxy_cache", "off");
  return cache != "off" && location.scope->find("proxy_cache_key").is_default();
}

std::string address_of(const Pass& pass, std::string_view authority) {
  if (is_socket(pass)) return pass.host;
  const std::string_view port = pass.port != 0 ? "" : pass.tls ? ":443" : ":80";
  return fmt::format("{}{}", authority, port);
}

Fix new_group(const RuleInput& input, const Location& location, const std::string& name,
              std::string_view address, std::string_view target) {
  const std::string group =
      fmt::format("upstream {} {{\n    server {};\n    keepalive 32;\n}}", name, address);
  return unsafe_fix(fmt::format("pass to a new upstream `{}`", name),
                    {insert_before(input.config.servers().front().at, group),
                     replace_argument(location.pass->at, 0, target)});
}

std::optional<Fix> http_group_fix(const RuleInput& input, const Location& location) {
  const Pass& pass = *location.pass;
  const auto written = take_apart(pass);
  const bool in_part =
      location.kind == LocationKind::kIf || location.kind == LocationKind::kLimitExcept;
  if (!written || in_part || has_passing_children(location)) return std::nullopt;
  if (!location.scope->find("proxy_redirect").is_default()) return std::nullopt;
  if (uses_target_name(location)) return std::nullopt;

  const bool own = !location.scope->own("proxy_set_header").empty();
  const std::string name = group_name(input.config, written->authority);
  const std::string scheme = pass.tls ? "https" : "http";
  Fix fix = new_group(input, location, name, address_of(pass, written->authority),
                      fmt::format("{}://{}{}", scheme, name, written->rest));
  fix.edits.push_back(insert_after(pass.at, kept_settings(location, *written, own)));
  return fix;
}

std::optional<Fix> group_fix(const RuleInput& input, const Location& location) {
  if (!input.config.http() || input.config.servers().empty()) return std::nullopt;
  const Pass& pass = *location.pass;
  if (pass.protocol == Protocol::kHttp) return http_group_fix(input, location);
  // gRPC derives more from the name than can be kept here.
  if (pass.protocol == Protocol::kGrpc) return std::nullopt;
  const std::string name = group_name(input.config, pass.target);
  return new_group(input, location, name, pass.target, name);
}

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->has_variables || !could_pool(location)) continue;
    const Pass& pass = *location.pass;
    if (!pass.upstream || !pass.upstream->implicit || may_be_a_group(input.bound, pass)) continue;
    const bool expected = input.version >= kPoolByDefault;
    Diagnostic out = finding(
        expected ? Severity::kWarning : Severity::kInfo, pass.at.head_span(),
        fmt::format(
            "`{}` names an address, and nginx keeps idle connections only for `upstream` groups: "
            "each request opens a new one; put the address into an `upstream` with `keepalive`",
            pass.target));
    out.fix = group_fix(input, location);
    report.add(std::move(out));
  }
}

}  // namespace

Rule pass_literal_address() {
  return {.name = "pass-literal-address",
          .group = Group::kPool,
          .severity = Severity::kWarning,
          .summary = "A pass to a literal address never reuses connections.",
          .changes_at = {},
          .fix = Applicability::kUnsafe,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
