// Groups of servers (nginx 1.22.1, ngx_http_upstream_server and the modules of the methods).
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/config/address.h"
#include "grammar/config/check_merged.h"
#include "grammar/config/check_words.h"
#include "grammar/config/pass_target.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

/// Of the commercial nginx before they came to the open one: not refused, for it may be meant.
constexpr std::array<std::string_view, 5> kOtherKeys = {
    "route=", "slow_start=", "service=", "id=", "srun_id="};

bool begins_with_any(std::string_view text, std::span<const std::string_view> keys) {
  return std::any_of(keys.begin(), keys.end(),
                     [text](std::string_view key) { return text.starts_with(key); });
}

bool is_good_parameter(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return text == "backup" || text == "down" || text == "resolve" || text == "drain";
  }
  const std::string_view key = text.substr(0, equals);
  const std::string_view value = text.substr(equals + 1);
  if (key == "weight") return parse_number(value).value_or(0) > 0;
  if (key == "max_conns" || key == "max_fails") return parse_number(value).has_value();
  if (key == "fail_timeout") return parse_seconds(value).has_value();
  return begins_with_any(text, kOtherKeys);
}

/// The methods that nginx makes refuse `backup`, if they stand before the server.
bool refuses_backup(std::string_view method) {
  return method == "ip_hash" || method == "hash" || method == "random";
}

/// Those that came to the open nginx late.
Version since(std::string_view parameter) {
  if (parameter == "resolve" || parameter.starts_with("service=")) return {1, 27, 3};
  if (parameter.starts_with("route=") || parameter == "drain") return {1, 29, 6};
  return {};
}

/// No host has a `$` in its name. With `resolve` it is looked for later, when requests come.
bool names_variable(Directive at) {
  const std::string_view address = at.arg(0);
  if (address.starts_with("unix:") || address.find('$') == std::string_view::npos) return false;
  for (std::size_t i = 1; i < at.arg_count(); ++i) {
    if (at.arg(i) == "resolve") return false;
  }
  return true;
}

/// Parameters that came late, or never: NGINX Plus had them before.
void check_parameter(Directive at, std::size_t index, std::vector<Diagnostic>& out) {
  const std::string_view parameter = at.arg(index);
  const LoadOptions& options = at.config().options();
  if (!is_good_parameter(parameter)) {
    add_error(out, "invalid-value", at.arg_span(index),
              fmt::format("`{}` is no parameter that a server of an upstream takes", parameter));
    return;
  }
  if (!options.versions_named || since(parameter) <= options.versions.first) return;
  if (at.config().is_for_plus()) return;
  add_error(out, "invalid-value", at.arg_span(index),
            fmt::format("`{}` is known from {} on (before that in NGINX Plus alone), but this is "
                        "for {}",
                        parameter, to_string(since(parameter)), in_words(options.versions)));
}

void check_server(Directive at, std::string_view method, std::vector<Diagnostic>& out) {
  const std::string_view address = at.arg(0);
  if (const auto fault = address_fault(address, AddressUse::kServer); !fault.empty()) {
    add_error(out, "invalid-value", at.arg_span(0),
              fmt::format("`{}` is no address of a server: {}{}", address, fault,
                          address.find("://") != std::string_view::npos
                              ? "; it is written without `http://`"
                              : ""));
  } else if (names_variable(at)) {
    add_error(out, "invalid-value", at.arg_span(0),
              fmt::format("`{}` is not found: a server of an upstream takes no variables, so nginx "
                          "looks for a host of that name",
                          address));
  }
  for (std::size_t i = 1; i < at.arg_count(); ++i) {
    const std::string_view parameter = at.arg(i);
    check_parameter(at, i, out);
    if (parameter == "backup" && refuses_backup(method)) {
      add_error(
          out, "backup-not-supported", at.arg_span(i),
          fmt::format("`{}` knows no `backup` servers: take the server out, or another method",
                      method));
    }
  }
}

void check_keepalive(Directive at, const MergedInput& input, std::vector<Diagnostic>& out) {
  if (at.arg_count() == 0) return;
  if (!parse_number(at.arg(0))) {
    add_error(out, "invalid-value", at.arg_span(0),
              fmt::format("`keepalive` takes a number of connections, not `{}`", at.arg(0)));
  }
  if (at.arg_count() > 1 && at.arg(1) != "local" && input.is_since(kPoolByDefault)) {
    add_error(out, "invalid-value", at.arg_span(1),
              fmt::format("`keepalive` takes `local` after the number, not `{}`", at.arg(1)));
  }
}

/// Names that are looked up again while nginx runs (1.27.3): the addresses lie in shared memory.
void check_resolving(const Upstream& upstream, std::vector<Diagnostic>& out) {
  const auto at = std::find_if(upstream.peers.begin(), upstream.peers.end(), [](const Peer& peer) {
    const auto parts = split_host_port(peer.address);
    return peer.resolve && parts && !is_ip_address(parts->host);
  });
  if (at == upstream.peers.end()) return;
  if (upstream.scope->own("zone").empty()) {
    add_error(out, "conflicting-settings", at->at.head_span(),
              fmt::format("`resolve` needs a `zone` in upstream `{}`", upstream.name));
  }
  if (upstream.scope->find("resolver").is_default()) {
    add_error(out, "conflicting-settings", at->at.head_span(),
              "`resolve` needs a `resolver` in `http` or in the upstream");
  }
}

void check_upstream(const Upstream& upstream, const MergedInput& input,
                    std::vector<Diagnostic>& out) {
  bool is_known = true;  // nothing in it whose meaning is not known here
  bool has_primary = false;
  std::string_view method;
  for (const Directive at : children(upstream.at)) {
    const std::string_view name = at.name();
    if (name == "server" && at.arg_count() > 0) {
      check_server(at, method, out);
      bool is_backup = false;
      for (std::size_t i = 1; i < at.arg_count(); ++i)
        is_backup = is_backup || at.arg(i) == "backup";
      has_primary = has_primary || !is_backup;
    } else if (name == "keepalive") {
      check_keepalive(at, input, out);
    } else if (refuses_backup(name) || name == "least_conn") {
      method = name;
    }
    const DirectiveSpec* spec = at.spec();
    is_known = is_known && spec != nullptr && !spec->is(DirectiveFlag::kThirdParty) &&
               !spec->is(DirectiveFlag::kCommercial);
  }
  if (input.is_whole) check_resolving(upstream, out);
  if (has_primary || !is_known || !input.is_whole) return;
  const std::string_view missing =
      upstream.peers.empty() ? "no server" : "no server but `backup` ones";
  add_error(
      out, "upstream-without-servers", upstream.at.head_span(),
      fmt::format("upstream `{}` has {}: add `server ADDRESS:PORT;`", upstream.name, missing));
}

}  // namespace

void check_upstreams(const MergedInput& input, std::vector<Diagnostic>& out) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.implicit && upstream.at) check_upstream(upstream, input, out);
  }
}

}  // namespace poolproof
