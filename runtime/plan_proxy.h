// What a location with proxy_pass does: where to, which head, which limits. Part of the Plan.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/config/effective_config.h"
#include "runtime/address.h"
#include "runtime/expression.h"
#include "runtime/plan_head.h"
#include "runtime/regex.h"
#include "runtime/rewrite.h"

namespace poolproof::runtime {

/// Bits of proxy_next_upstream.
enum class NextUpstream : std::uint32_t {
  kError = 1u << 0,
  kTimeout = 1u << 1,
  kInvalidHeader = 1u << 2,
  kHttp500 = 1u << 3,
  kHttp502 = 1u << 4,
  kHttp503 = 1u << 5,
  kHttp504 = 1u << 6,
  kHttp403 = 1u << 7,
  kHttp404 = 1u << 8,
  kHttp429 = 1u << 9,
  kNonIdempotent = 1u << 10,
  kOff = 1u << 11
};

/// Bits of proxy_ignore_headers: the headers that would have an effect.
enum class IgnoredHeader : std::uint32_t {
  kAccelRedirect = 1u << 0,
  kAccelLimitRate = 1u << 1,
  kAccelCharset = 1u << 2
};

/// proxy_redirect, proxy_cookie_domain, proxy_cookie_path: a text to find and what it becomes.
struct RewriteRule {
  std::optional<Regex> pattern;  // `~` or `~*`; else `prefix` is compared
  NamedGroups named;             // of the pattern
  Expression prefix;
  Expression replacement;
};

struct ProxyPlan {
  // --- where to
  const UpstreamPlan* upstream = nullptr;  // null where variables decide
  Expression target;                       // the whole proxy_pass argument where it has variables
  bool has_uri = false;         // a URI part (constant target) replaces `location_prefix`
  std::string uri;              // that part, "/" at least
  std::string location_prefix;  // what of the request's URI it replaces; empty in regex locations
  std::string url;              // scheme and authority as written, for proxy_redirect
  std::string host;             // $proxy_host; from the target's text
  std::string port;             // $proxy_port
  bool tls = false;

  // --- what is sent
  HttpVersion http_version = HttpVersion::k11;
  RequestHeadTemplate head;
  Expression method;                   // proxy_method; empty: the client's
  bool pass_body = true;               // proxy_pass_request_body
  std::optional<Expression> set_body;  // proxy_set_body
  bool request_buffering = true;
  bool socket_keepalive = false;
  std::optional<Address> bind;  // proxy_bind; nothing: off
  std::int64_t connect_timeout_ms = 60'000;
  std::int64_t send_timeout_ms = 60'000;
  std::int64_t read_timeout_ms = 60'000;

  // --- what comes back
  std::size_t buffer_size = 4096;  // the response head must fit
  bool ignore_client_abort = false;
  bool intercept_errors = false;
  std::uint32_t ignored_headers = 0;        // of IgnoredHeader
  NameSet hidden_headers;                   // never passed to the client
  bool own_server = true, own_date = true;  // unless the upstream's pass: then ours is not sent
  std::vector<RewriteRule> redirects;       // Location and Refresh
  std::vector<RewriteRule> cookie_domains, cookie_paths;

  // --- when it fails
  std::uint32_t next_upstream = 0;            // of NextUpstream
  unsigned next_upstream_tries = 0;           // 0: no limit
  std::int64_t next_upstream_timeout_ms = 0;  // 0: no limit

  bool ignores(IgnoredHeader h) const {
    return (ignored_headers & static_cast<std::uint32_t>(h)) != 0;
  }
  bool tries_next_on(NextUpstream e) const {
    return (next_upstream & static_cast<std::uint32_t>(e)) != 0;
  }
};

/// Where a request goes that has a proxy_pass.
struct ProxyTarget {
  const UpstreamPlan* upstream = nullptr;  // a group of the plan
  std::optional<Address> address;          // or a literal address that is no group; never pooled
  std::string_view host, port;             // $proxy_host, $proxy_port
  std::string_view uri;                    // what stands in the request line
  bool tls = false;
  /// Empty, or why there is nowhere to go ("no resolver defined to resolve x"): the client gets
  /// error_status.
  std::string_view error;
  int error_status = 0;
};

/// Evaluates proxy_pass for a request; texts live in the request's arena or the plan.
ProxyTarget resolve_target(Request& request, const ProxyPlan& proxy);

/// Writes `METHOD URI HTTP/1.x` and all header lines including the blank one.
/// request.upstream_body_* must be set, for the Content-Length and Transfer-Encoding lines.
void append_request_head(Request& request, const ProxyPlan& proxy, const ProxyTarget& target,
                         std::string& out);

/// The value of a Location (or Refresh) header as proxy_redirect makes it; the same view if no rule
/// applies.
std::string_view rewrite_redirect(Request& request, const ProxyPlan& proxy, std::string_view value);
std::string_view rewrite_refresh(Request& request, const ProxyPlan& proxy, std::string_view value);
/// A Set-Cookie value as proxy_cookie_domain and proxy_cookie_path make it.
std::string_view rewrite_cookie(Request& request, const ProxyPlan& proxy, std::string_view value);

}  // namespace poolproof::runtime
