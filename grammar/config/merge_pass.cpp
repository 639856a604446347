// Which group of servers a *_pass goes to, once every group is known: nginx lets an upstream be
// used before it is defined.
#include <algorithm>

#include <fmt/format.h>

#include "grammar/config/lower_case.h"
#include "grammar/config/merger.h"
#include "grammar/config/value_resolver.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

std::string implicit_key(const PassTarget& target) {
  return fmt::format("{}:{}", lower_case(target.host), target.effective_port());
}

void add_user(Upstream* upstream, Location& location) {
  if (upstream == nullptr) return;
  auto& users = upstream->users;
  if (users.empty() || users.back() != &location) users.push_back(&location);
}

/// "http://" and the like at the start of a text whose rest a variable decides.
bool begins_with_tls(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("grpcs://") ||
         text.starts_with("suwsgi://");
}

}  // namespace

void Merger::resolve_passes() {
  for (Location& location : config_->locations_) {
    if (!location.pass) continue;
    Pass& pass = *location.pass;
    // memcached_pass knows none (1.22.1).
    pass.has_variables = pass.protocol != Protocol::kMemcached && has_variables(pass.target);
    if (pass.has_variables) {
      pass.tls = begins_with_tls(pass.target);
      with_variables_.push_back(&location);
      continue;
    }
    resolve_literal(pass, location);
    add_user(pass.upstream, location);
  }
  // Last, because a variable may name a group that a literal address makes further down.
  for (Location* location : with_variables_) resolve_variable(*location);
}

void Merger::resolve_literal(Pass& pass, const Location& location) {
  const auto target = parse_pass_target(pass.protocol, pass.target);
  if (!target) return;  // told where the statement is read
  pass.tls = target->tls;
  pass.host = target->host;
  pass.port = target->port;
  pass.has_uri = target->has_uri;
  pass.uri = target->uri;
  if (location.kind == LocationKind::kServerLevel) return;
  const auto group = config_->upstream_by_name_.find(lower_case(target->host));
  if (group == config_->upstream_by_name_.end()) {
    pass.upstream = implicit_upstream(*target, pass.at);
    if (target->effective_port() == 0 && !target->host.starts_with("unix:") &&
        !pass.copied_from_outer && !config_->bound_->is_snippet() &&
        !config_->bound_->incomplete()) {
      report("missing-port", pass.at.arg_span(0),
             fmt::format("no port in upstream \"{}\"", target->host));
    }
    return;
  }
  pass.upstream = group->second;
  if (target->port != 0 && !pass.copied_from_outer) {
    report("upstream-with-port", pass.at.arg_span(0),
           fmt::format("upstream \"{}\" may not have port {}", target->host, target->port));
    config_->diagnostics_.back().notes.push_back({pass.upstream->at.head_span(), "defined here"});
  }
}

Upstream* Merger::implicit_upstream(const PassTarget& target, Directive at) {
  const auto [found, is_new] = implicit_.emplace(implicit_key(target), nullptr);
  if (!is_new) return found->second;
  Upstream& upstream = config_->upstreams_.emplace_back();
  found->second = &upstream;
  const bool is_ipv6 =
      target.host.find(':') != std::string::npos && !target.host.starts_with("unix:");
  upstream.name = is_ipv6 ? fmt::format("[{}]", target.host) : target.host;
  if (target.effective_port() != 0) upstream.name += fmt::format(":{}", target.effective_port());
  upstream.implicit = true;
  upstream.at = at;
  Peer& peer = upstream.peers.emplace_back();
  peer.address = upstream.name;
  peer.at = at;
  return &upstream;
}

/// nginx compares at run time: a block matches a name without a port, an implicit group needs the
/// port it was made with (1.22.1, ngx_http_upstream_init_request).
Upstream* Merger::lookup(const PassTarget& target) {
  const auto group = config_->upstream_by_name_.find(lower_case(target.host));
  if (group != config_->upstream_by_name_.end() && target.port == 0) return group->second;
  const auto implicit = implicit_.find(implicit_key(target));
  return implicit == implicit_.end() ? nullptr : implicit->second;
}

void Merger::resolve_variable(Location& location) {
  Pass& pass = *location.pass;
  pass.possible_upstreams_complete = true;
  const ValueResolver resolver(*config_, location, nullptr);
  std::string host;
  bool has_one_host = true, is_tls = false, is_plain = false;
  for (const std::string& text : resolver.evaluate(pass.target)) {
    const std::string_view authority = authority_of(text);
    if (authority.find(kUnknownText) != std::string_view::npos) {
      pass.possible_upstreams_complete = has_one_host = false;
      continue;
    }
    const auto target = parse_pass_target(pass.protocol, authority);
    if (!target) continue;  // nginx answers 500: no connection is made
    if (!host.empty() && host != target->host) has_one_host = false;
    host = target->host;
    pass.port = target->port;
    (target->tls ? is_tls : is_plain) = true;
    // What matches nothing gets peers of its own for the request: as little pooled as a literal
    // one.
    Upstream* upstream = lookup(*target);
    if (upstream == nullptr) upstream = implicit_upstream(*target, pass.at);
    auto& possible = pass.possible_upstreams;
    if (std::find(possible.begin(), possible.end(), upstream) == possible.end()) {
      possible.push_back(upstream);
    }
    add_user(upstream, location);
  }
  if (has_one_host) pass.host = host;
  if (pass.possible_upstreams_complete && is_tls && !is_plain) pass.tls = true;
}

}  // namespace poolproof
