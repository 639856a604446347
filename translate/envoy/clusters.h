// Upstreams and literal addresses as clusters. What nginx says of a location and Envoy of a cluster
// (times, TLS, whether connections are kept) makes clusters of their own.
#pragma once

#include <map>
#include <string>

#include "translate/envoy/shared.h"

namespace poolproof::translate::envoy {

class Clusters {
 public:
  explicit Clusters(Shared& shared) : shared_(shared) {}

  /// The cluster to which the location passes requests on: its pass has an upstream.
  std::string name_of(const Location& location, const Upstream& upstream);
  Tree list() && { return std::move(list_); }

 private:
  std::string unused(const std::string& name) const;

  Shared& shared_;
  std::map<std::string, std::string> by_settings_;
  std::map<std::string, int, std::less<>> names_;
  Tree list_ = Tree::list();
};

/// How often nginx tries at most; 1: one server only, or `proxy_next_upstream off`.
std::size_t tries_of(const Location& location, const Upstream& upstream);
/// The words of proxy_next_upstream or grpc_next_upstream.
std::vector<std::string_view> next_upstream(const Location& location);
/// "proxy_" or "grpc_" and `rest`.
std::string pass_directive(const Location& location, std::string_view rest);
std::chrono::milliseconds time_of(const Location& location, std::string_view rest);

}  // namespace poolproof::translate::envoy
