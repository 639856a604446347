// See clusters.h.
#include "translate/envoy/clusters.h"

#include <algorithm>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/envoy/cluster.h"

namespace poolproof::translate::envoy {
namespace {

using std::chrono::milliseconds;

/// Everything of the location that its cluster is made of.
std::string settings_of(const Location& location, const Upstream& upstream, Keeps keeps) {
  const Pass& pass = *location.pass;
  std::string key = fmt::format("{} {} {} {} {}", static_cast<const void*>(&upstream),
                                static_cast<int>(keeps), static_cast<int>(pass.protocol), pass.tls,
                                time_of(location, "connect_timeout").count());
  if (!upstream.implicit && pass.port != 0) key += fmt::format(" :{}", pass.port);
  for (const std::string_view word : next_upstream(location)) {
    if (word.starts_with("http_5")) key += fmt::format(" {}", word);
  }
  if (!pass.tls) return key;
  for (const std::string_view name :
       {"ssl_verify", "ssl_name", "ssl_server_name", "ssl_trusted_certificate", "ssl_certificate",
        "ssl_certificate_key", "ssl_protocols"}) {
    const Found found = location.scope->find(pass_directive(location, name));
    key += '\n';
    for (std::size_t i = 0; found.last() && i < found.last().arg_count(); ++i) {
      key += fmt::format("{} ", found.last().arg(i));
    }
  }
  return key + pass.host;
}

std::string cluster_name(const Upstream& upstream) {
  std::string name = upstream.name;
  for (char& c : name) {
    if (static_cast<unsigned char>(c) <= 0x20) c = '_';
  }
  return name.empty() ? "upstream" : name;
}

}  // namespace

std::string pass_directive(const Location& location, std::string_view rest) {
  const bool is_grpc = location.pass && location.pass->protocol == Protocol::kGrpc;
  return fmt::format("{}_{}", is_grpc ? "grpc" : "proxy", rest);
}

milliseconds time_of(const Location& location, std::string_view rest) {
  return parse_time(location.scope->value_or(pass_directive(location, rest), "60s"))
      .value_or(milliseconds{60'000});
}

std::vector<std::string_view> next_upstream(const Location& location) {
  const Found found = location.scope->find(pass_directive(location, "next_upstream"));
  if (found.is_default()) return {"error", "timeout"};
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < found.last().arg_count(); ++i) words.push_back(found.last().arg(i));
  return words;
}

std::size_t tries_of(const Location& location, const Upstream& upstream) {
  const auto words = next_upstream(location);
  if (std::find(words.begin(), words.end(), "off") != words.end()) return 1;
  const auto live = static_cast<std::size_t>(std::count_if(
      upstream.peers.begin(), upstream.peers.end(), [](const Peer& peer) { return !peer.down; }));
  const auto limit =
      parse_number(location.scope->value_or(pass_directive(location, "next_upstream_tries"), "0"));
  const std::size_t most = std::max<std::size_t>(live, 1);
  if (limit.value_or(0) <= 0) return most;
  return std::min(most, static_cast<std::size_t>(*limit));
}

std::string Clusters::unused(const std::string& name) const {
  std::string out = name;
  for (int i = 2; names_.contains(out); ++i) out = fmt::format("{}-{}", name, i);
  return out;
}

std::string Clusters::name_of(const Location& location, const Upstream& upstream) {
  const Keeps keeps = keeps_connections(shared_.config, location);
  if (keeps == Keeps::kDepends) {
    shared_.warn(location.pass->at,
                 "connections are kept here as the client says; envoy keeps all of them");
  }
  const auto [at, is_new] = by_settings_.try_emplace(settings_of(location, upstream, keeps));
  if (!is_new) return at->second;
  at->second = unused(cluster_name(upstream));
  names_[at->second] = 1;
  list_.add(cluster_of(shared_, {location, upstream, keeps, at->second}));
  return at->second;
}

}  // namespace poolproof::translate::envoy
