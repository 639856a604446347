// What the locations with proxy_pass do: target, limits, and what becomes of the answer's headers.
#include <fmt/format.h>

#include <algorithm>

#include "grammar/syntax/values.h"
#include "runtime/plan_builder.h"
#include "runtime/proxy_url.h"

namespace poolproof::runtime {
namespace {

using FlagNames = std::vector<std::pair<std::string_view, std::uint32_t>>;

template <class Flag>
constexpr std::uint32_t bit(Flag flag) {
  return static_cast<std::uint32_t>(flag);
}

const FlagNames kNextUpstream{{"error", bit(NextUpstream::kError)},
                              {"timeout", bit(NextUpstream::kTimeout)},
                              {"invalid_header", bit(NextUpstream::kInvalidHeader)},
                              {"http_500", bit(NextUpstream::kHttp500)},
                              {"http_502", bit(NextUpstream::kHttp502)},
                              {"http_503", bit(NextUpstream::kHttp503)},
                              {"http_504", bit(NextUpstream::kHttp504)},
                              {"http_403", bit(NextUpstream::kHttp403)},
                              {"http_404", bit(NextUpstream::kHttp404)},
                              {"http_429", bit(NextUpstream::kHttp429)},
                              {"non_idempotent", bit(NextUpstream::kNonIdempotent)},
                              {"off", bit(NextUpstream::kOff)}};
constexpr std::uint32_t kNextUpstreamDefault =
    bit(NextUpstream::kError) | bit(NextUpstream::kTimeout);

/// Without a bit: those that say something about what is not there, a cache for the most part.
const FlagNames kIgnoredHeaders{{"X-Accel-Redirect", bit(IgnoredHeader::kAccelRedirect)},
                                {"X-Accel-Limit-Rate", bit(IgnoredHeader::kAccelLimitRate)},
                                {"X-Accel-Charset", bit(IgnoredHeader::kAccelCharset)},
                                {"X-Accel-Buffering", 0},
                                {"X-Accel-Expires", 0},
                                {"Expires", 0},
                                {"Cache-Control", 0},
                                {"Set-Cookie", 0},
                                {"Vary", 0}};

constexpr std::string_view kHiddenByDefault[] = {"Date",
                                                 "Server",
                                                 "X-Pad",
                                                 "X-Accel-Expires",
                                                 "X-Accel-Redirect",
                                                 "X-Accel-Limit-Rate",
                                                 "X-Accel-Buffering",
                                                 "X-Accel-Charset"};

/// The location whose name the URI part of the target replaces: for settings copies the one that
/// the pass was copied from.
const Location& source_of(const Location& location) {
  const Location* at = &location;
  while (at->pass->copied_from_outer && at->parent != nullptr && at->parent->pass) at = at->parent;
  return *at;
}

bool has_name_prefix(LocationKind kind) {
  return kind == LocationKind::kPrefix || kind == LocationKind::kPrefixNoRegex ||
         kind == LocationKind::kExact;
}

}  // namespace

std::unique_ptr<ProxyPlan> PlanBuilder::build_proxy(const Location& location) {
  const Scope& scope = *location.scope;
  auto proxy = std::make_unique<ProxyPlan>();
  if (!build_target(location, *proxy)) return nullptr;
  proxy->http_version = location.http_version.value;
  if (proxy->http_version == HttpVersion::k2) {
    refuse(location.http_version.origin.directive, "proxy_http_version 2");
    proxy->http_version = HttpVersion::k11;
  }
  build_head(location, *proxy);
  build_proxy_settings(scope, *proxy);
  build_hidden_headers(scope, *proxy);
  build_redirects(scope, *proxy);
  proxy->cookie_domains = cookie_rules(scope, "proxy_cookie_domain");
  proxy->cookie_paths = cookie_rules(scope, "proxy_cookie_path");
  return proxy;
}

/// False if there is no target that can be executed; that is reported.
bool PlanBuilder::build_target(const Location& location, ProxyPlan& proxy) {
  const Pass& pass = *location.pass;
  if (pass.has_variables) {
    proxy.target = compile(pass.target, pass.at);
    if (to_lower(pass.target).starts_with("https://")) refuse(pass.at, "proxy_pass to https");
    if (pass.possible_upstreams_complete) return true;
    const Directive resolver = location.scope->find("resolver").last();
    if (resolver) refuse(resolver, "resolver");
    return true;
  }
  const auto url = parse_proxy_url(pass.target);
  const auto upstream = upstreams_.find(pass.upstream);
  if (!url || url->invalid || upstream == upstreams_.end()) {
    fail(pass.at, "invalid URL prefix");
    return false;
  }
  if (url->tls) {
    refuse(pass.at, "proxy_pass to https");
    return false;
  }
  proxy.upstream = upstream->second;
  proxy.host = std::string(url->shown_host);
  proxy.port = std::to_string(url->port);
  proxy.has_uri = !url->uri.empty();
  proxy.uri = std::string(url->uri);
  proxy.tls = url->tls;
  proxy.url = pass.target.substr(0, pass.target.size() - url->uri.size());
  const Location& source = source_of(location);
  if (has_name_prefix(source.kind)) proxy.location_prefix = source.pattern;
  return true;
}

void PlanBuilder::build_proxy_settings(const Scope& scope, ProxyPlan& proxy) {
  if (const Directive at = scope.find("proxy_method").last()) proxy.method = compile(at.arg(0), at);
  proxy.pass_body = scope.flag_or("proxy_pass_request_body", true);
  if (const Directive at = scope.find("proxy_set_body").last())
    proxy.set_body = compile(at.arg(0), at);
  proxy.request_buffering = scope.flag_or("proxy_request_buffering", true);
  proxy.socket_keepalive = scope.flag_or("proxy_socket_keepalive", false);
  if (const Directive at = scope.find("proxy_bind").last(); at && at.arg(0) != "off") {
    if (at.arg_count() > 1 || has_variables(at.arg(0))) {
      refuse(at, "proxy_bind with variables or options");
    } else {
      proxy.bind = parse_bind_address(at.arg(0));
      if (!proxy.bind) fail(at, fmt::format("invalid address \"{}\"", at.arg(0)));
    }
  }
  proxy.connect_timeout_ms = time_ms(scope, "proxy_connect_timeout", 60'000);
  proxy.send_timeout_ms = time_ms(scope, "proxy_send_timeout", 60'000);
  proxy.read_timeout_ms = time_ms(scope, "proxy_read_timeout", 60'000);
  proxy.buffer_size = static_cast<std::size_t>(size(scope, "proxy_buffer_size", 4096));
  proxy.ignore_client_abort = scope.flag_or("proxy_ignore_client_abort", false);
  proxy.intercept_errors = scope.flag_or("proxy_intercept_errors", false);
  proxy.ignored_headers = flags(scope, "proxy_ignore_headers", kIgnoredHeaders, 0);
  proxy.next_upstream = flags(scope, "proxy_next_upstream", kNextUpstream, kNextUpstreamDefault);
  proxy.next_upstream_tries = count(scope, "proxy_next_upstream_tries", 0);
  proxy.next_upstream_timeout_ms = time_ms(scope, "proxy_next_upstream_timeout", 0);
}

/// Several lines of one level add up.
std::uint32_t PlanBuilder::flags(const Scope& scope, std::string_view name, const FlagNames& known,
                                 std::uint32_t fallback) {
  const Scope* level = &scope;
  while (level != nullptr && level->own(name).empty()) level = level->parent();
  if (level == nullptr) return fallback;
  std::uint32_t result = 0;
  for (const Directive at : level->own(name)) {
    for (std::size_t i = 0; i < at.arg_count(); ++i) {
      const auto flag = std::find_if(known.begin(), known.end(), [&](const auto& each) {
        return equals_ignoring_case(each.first, at.arg(i));
      });
      if (flag == known.end())
        refuse(at, fmt::format("{} {}", name, at.arg(i)));
      else
        result |= flag->second;
    }
  }
  return result;
}

void PlanBuilder::build_hidden_headers(const Scope& scope, ProxyPlan& proxy) {
  NameSet passed;
  for (const Directive at : scope.find("proxy_pass_header").directives) passed.add(at.arg(0));
  for (const std::string_view name : kHiddenByDefault) {
    if (!passed.contains(name)) proxy.hidden_headers.add(name);
  }
  proxy.own_server = !passed.contains("Server");
  proxy.own_date = !passed.contains("Date");
  for (const Directive at : scope.find("proxy_hide_header").directives) {
    if (!passed.contains(at.arg(0))) proxy.hidden_headers.add(at.arg(0));
  }
}

/// nginx's default turns the target's URL into the location's name; without a URI part "/" into
/// "/".
void PlanBuilder::add_default_redirect(Directive at, ProxyPlan& proxy) {
  if (proxy.upstream == nullptr) {
    if (at)
      fail(
          at,
          "\"proxy_redirect default\" cannot be used with \"proxy_pass\" directive with variables");
    return;
  }
  RewriteRule rule;
  rule.prefix = Expression::constant(proxy.url + (proxy.has_uri ? proxy.uri : "/"));
  rule.replacement = Expression::constant(proxy.has_uri ? proxy.location_prefix : "/");
  proxy.redirects.push_back(std::move(rule));
}

void PlanBuilder::build_redirects(const Scope& scope, ProxyPlan& proxy) {
  const Found found = scope.find("proxy_redirect");
  if (found.is_default()) return add_default_redirect({}, proxy);
  for (const Directive at : found.directives) {
    if (at.arg(0) == "off" && at.arg_count() == 1) {
      proxy.redirects.clear();
      return;
    }
    if (at.arg(0) == "default" && at.arg_count() == 1)
      add_default_redirect(at, proxy);
    else if (auto rule = rewrite_rule(at))
      proxy.redirects.push_back(std::move(*rule));
  }
}

/// A domain's leading dot does not count, neither in what is compared nor in what replaces it.
std::optional<RewriteRule> PlanBuilder::domain_rule(Directive at) {
  const auto without_dot = [](std::string_view text) {
    return text.starts_with('.') ? text.substr(1) : text;
  };
  if (at.arg(0).starts_with('~')) return rewrite_rule(at);
  RewriteRule rule;
  rule.prefix = compile(without_dot(at.arg(0)), at);
  rule.replacement = compile(without_dot(at.arg(1)), at);
  return rule;
}

/// "TEXT REPLACEMENT", TEXT beginning with "~" or "~*" is a regular expression.
std::optional<RewriteRule> PlanBuilder::rewrite_rule(Directive at) {
  RewriteRule rule;
  std::string_view pattern = at.arg(0);
  if (pattern.starts_with('~')) {
    const bool no_case = pattern.starts_with("~*");
    pattern.remove_prefix(no_case ? 2 : 1);
    rule.pattern =
        compile_regex(pattern, no_case ? RegexCase::kInsensitive : RegexCase::kSensitive, at);
    if (!rule.pattern) return std::nullopt;
    rule.named = named_groups(*rule.pattern);
  } else {
    rule.prefix = compile(pattern, at);
  }
  rule.replacement = compile(at.arg(1), at);
  return rule;
}

std::vector<RewriteRule> PlanBuilder::cookie_rules(const Scope& scope, std::string_view name) {
  std::vector<RewriteRule> rules;
  for (const Directive at : scope.find(name).directives) {
    if (at.arg_count() == 1) return {};  // off
    auto rule = name == "proxy_cookie_domain" ? domain_rule(at) : rewrite_rule(at);
    if (rule) rules.push_back(std::move(*rule));
  }
  return rules;
}

}  // namespace poolproof::runtime
