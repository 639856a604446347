// Rule: a pass names an address instead of an upstream group, so nginx has nowhere to keep
// connections.
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

std::optional<Written> take_apart(const Pass& pass) {
  constexpr std::string_view kScheme = "http://";
  if (!pass.target.starts_with(kScheme) || pass.host.starts_with("unix:")) return std::nullopt;
  const std::size_t slash = pass.target.find_first_of("/?", kScheme.size());
  const std::string_view origin = pass.target.substr(0, slash);
  return Written{origin, origin.substr(kScheme.size()), pass.target.substr(origin.size())};
}

/// What nginx would otherwise derive from the address: the Host header and the rewriting of
/// redirects.
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
  if (needs_host) out += fmt::format("proxy_set_header Host {};\n", written.authority);
  const bool has_uri = location.pass->has_uri;
  out += has_uri ? fmt::format("proxy_redirect {} {};", location.pass->target,
                               quoted_if_needed(location.pattern))
                 : fmt::format("proxy_redirect {}/ /;", written.origin);
  return out;
}

std::optional<Fix> group_fix(const RuleInput& input, const Location& location) {
  const Pass& pass = *location.pass;
  const bool plain_location = location.kind == LocationKind::kPrefix ||
                              location.kind == LocationKind::kPrefixNoRegex ||
                              location.kind == LocationKind::kExact;
  const auto written = take_apart(pass);
  if (pass.protocol != Protocol::kHttp || !plain_location || !written) return std::nullopt;
  if (!input.config.http() || input.config.servers().empty()) return std::nullopt;
  if (has_passing_children(location)) return std::nullopt;
  if (!location.scope->find("proxy_redirect").is_default()) return std::nullopt;

  const auto& list = location.set_headers.value;
  const bool own = !list.empty() && list.back().at.parent() == location.scope->block();
  const std::string name = group_name(input.config, written->authority);
  const std::string port = pass.port == 0 ? ":80" : "";
  const std::string group = fmt::format("upstream {} {{\n    server {}{};\n    keepalive 32;\n}}",
                                        name, written->authority, port);
  const std::string target = fmt::format("http://{}{}", name, written->rest);
  return unsafe_fix(fmt::format("pass to a new upstream `{}`", name),
                    {insert_before(input.config.servers().front().at, group),
                     replace_argument(pass.at, 0, target),
                     insert_after(pass.at, kept_settings(location, *written, own))});
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
