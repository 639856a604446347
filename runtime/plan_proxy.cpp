// What a proxied request carries and where it goes, evaluated for one request (nginx 1.22.1
// and 1.31.5: ngx_http_proxy_create_request, ngx_http_proxy_eval).
#include "runtime/plan_proxy.h"

#include <algorithm>
#include <charconv>

#include "runtime/hostname_table.h"
#include "runtime/plan.h"
#include "runtime/proxy_url.h"
#include "runtime/request.h"
#include "runtime/variables_text.h"

namespace poolproof::runtime {
namespace {

/// The request's own URI below what the location's name stands for, with its arguments.
std::string_view changed_uri(Request& request, std::string_view replacement, std::size_t replaced) {
  std::string_view rest = request.uri.substr(std::min(replaced, request.uri.size()));
  if (request.quoted_uri || request.internal) rest = escape_path(rest, request.arena);
  const std::string_view mark = request.args.empty() ? "" : "?";
  return request.arena.concat({replacement, rest, mark, request.args});
}

std::string_view constant_target_uri(Request& request, const ProxyPlan& proxy) {
  if (!proxy.has_uri) {
    return request.uri_unchanged ? request.head.target : changed_uri(request, "", 0);
  }
  if (!request.location_valid) return changed_uri(request, "", 0);
  return changed_uri(request, proxy.uri, proxy.location_prefix.size());
}

std::string_view variable_target_uri(Request& request, std::string_view uri) {
  if (uri.empty()) return request.uri_unchanged ? request.head.target : changed_uri(request, "", 0);
  return uri.front() == '?' ? request.arena.concat({"/", uri}) : uri;
}

const UpstreamPlan* find_group(const Plan& plan, const ProxyUrl& url) {
  for (const UpstreamPlan& upstream : plan.upstreams) {
    const bool port_fits = upstream.implicit ? upstream.port == url.port : !url.has_port;
    if (port_fits && equals_ignoring_case(upstream.name, url.host)) return &upstream;
  }
  return nullptr;
}

ProxyTarget fail(Request& request, int status, std::initializer_list<std::string_view> words) {
  ProxyTarget target;
  target.error = request.arena.concat(words);
  target.error_status = status;
  return target;
}

ProxyTarget resolve_variable_target(Request& request, const ProxyPlan& proxy) {
  const std::string_view text = proxy.target.evaluate(request);
  const auto url = parse_proxy_url(text);
  if (!url) return fail(request, 500, {"invalid URL prefix in \"", text, "\""});
  if (url->invalid) return fail(request, 500, {"invalid URL in \"", text, "\""});
  if (url->tls) return fail(request, 502, {"https upstreams are not executed: \"", text, "\""});
  ProxyTarget target;
  target.host = request.proxy_host = url->shown_host;
  target.port = request.proxy_port = number_text(url->port, request.arena);
  target.uri = variable_target_uri(request, url->uri);
  target.upstream = find_group(*request.worker->plan, *url);
  if (target.upstream != nullptr) return target;
  target.address = literal_address(*url);
  if (!target.address) {
    return fail(request, 502, {"no resolver defined to resolve ", url->host});
  }
  return target;
}

/// The first rule that applies makes the new value; `begin` bytes at its front stay.
std::string_view apply_rules(Request& request, const std::vector<RewriteRule>& rules,
                             std::string_view value, std::size_t begin) {
  const std::string_view kept = value.substr(0, begin);
  const std::string_view subject = value.substr(begin);
  for (const RewriteRule& rule : rules) {
    if (rule.pattern) {
      if (!rule.pattern->match(subject, request.captures)) continue;
      store_named_groups(rule.named, request);
      return request.arena.concat({kept, rule.replacement.evaluate(request)});
    }
    const std::string_view prefix = rule.prefix.evaluate(request);
    if (subject.substr(0, prefix.size()) != prefix) continue;
    return request.arena.concat(
        {kept, rule.replacement.evaluate(request), subject.substr(prefix.size())});
  }
  return value;
}

/// The same for a cookie's domain: compared as a whole, without case; a leading dot is not compared
/// and stays.
std::string_view apply_domain_rules(Request& request, const ProxyPlan& proxy,
                                    std::string_view domain) {
  std::string_view bare = domain;
  if (!bare.empty() && bare.front() == '.') bare.remove_prefix(1);
  for (const RewriteRule& rule : proxy.cookie_domains) {
    if (rule.pattern) {
      if (!rule.pattern->match(domain, request.captures)) continue;
      store_named_groups(rule.named, request);
      return rule.replacement.evaluate(request);
    } else if (equals_ignoring_case(bare, rule.prefix.evaluate(request))) {
      const std::string_view dot = domain.substr(0, domain.size() - bare.size());
      return request.arena.concat({dot, rule.replacement.evaluate(request)});
    }
  }
  return domain;
}

struct CookieAttribute {
  std::string_view name, value;  // without blanks around
  bool has_value = false;
};

std::string_view without_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

CookieAttribute parse_attribute(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {without_blanks(text), {}, false};
  return {without_blanks(text.substr(0, equals)), without_blanks(text.substr(equals + 1)), true};
}

}  // namespace

ProxyTarget resolve_target(Request& request, const ProxyPlan& proxy) {
  if (proxy.upstream == nullptr) return resolve_variable_target(request, proxy);
  ProxyTarget target;
  target.upstream = proxy.upstream;
  target.host = proxy.host;
  target.port = proxy.port;
  target.tls = proxy.tls;
  target.uri = constant_target_uri(request, proxy);
  return target;
}

void append_request_head(Request& request, const ProxyPlan& proxy, const ProxyTarget& target,
                         std::string& out) {
  out += proxy.method.is_empty() ? current_method(request) : proxy.method.evaluate(request);
  out += ' ';
  out += target.uri;
  out += proxy.http_version == HttpVersion::k10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n";
  proxy.head.append_to(request, out);
  out += "\r\n";
}

std::string_view rewrite_redirect(Request& request, const ProxyPlan& proxy,
                                  std::string_view value) {
  return apply_rules(request, proxy.redirects, value, 0);
}

std::string_view rewrite_refresh(Request& request, const ProxyPlan& proxy, std::string_view value) {
  for (std::size_t at = 0; at + 4 <= value.size(); ++at) {
    if (equals_ignoring_case(value.substr(at, 4), "url=")) {
      return apply_rules(request, proxy.redirects, value, at + 4);
    }
  }
  return value;
}

std::string_view rewrite_cookie(Request& request, const ProxyPlan& proxy, std::string_view value) {
  if (proxy.cookie_domains.empty() && proxy.cookie_paths.empty()) return value;
  std::string made;
  bool changed = false;
  for (std::size_t at = 0; at <= value.size();) {
    const std::size_t end = std::min(value.find(';', at), value.size());
    CookieAttribute attribute = parse_attribute(value.substr(at, end - at));
    if (at == 0 && !attribute.has_value) return value;
    if (at != 0) {
      const std::string_view old = attribute.value;
      if (attribute.has_value && equals_ignoring_case(attribute.name, "domain"))
        attribute.value = apply_domain_rules(request, proxy, old);
      if (attribute.has_value && equals_ignoring_case(attribute.name, "path"))
        attribute.value = apply_rules(request, proxy.cookie_paths, old, 0);
      changed = changed || attribute.value.data() != old.data();
      made += "; ";
    }
    made += attribute.name;
    if (attribute.has_value) made.append("=").append(attribute.value);
    at = end + 1;
  }
  return changed ? request.arena.copy(made) : value;
}

}  // namespace poolproof::runtime
