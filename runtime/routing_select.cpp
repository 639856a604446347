// Choosing a server by name and a location by URI (nginx 1.22.1: ngx_http_find_virtual_server,
// ngx_http_core_find_location).
#include <algorithm>

#include "runtime/routing.h"

namespace poolproof::runtime {
namespace {

enum class Found { kNothing, kPrefix, kExact, kSlashMissing };

/// Exact names win; then the longest prefix. A name that lacks only the final slash of a location
/// that passes requests on is redirected, unless it is a location itself.
Found find_static(const LocationPlan& from, std::string_view uri, const LocationPlan*& location) {
  const auto exact = std::lower_bound(
      from.exact.begin(), from.exact.end(), uri,
      [](const LocationPlan* plan, std::string_view key) { return plan->name < key; });
  if (exact != from.exact.end() && (*exact)->name == uri) {
    location = *exact;
    return Found::kExact;
  }
  for (const LocationPlan* prefix : from.prefixes) {  // longest first
    const std::string_view name = prefix->name;
    if (name.size() == uri.size() + 1 && prefix->auto_redirect &&
        name.substr(0, uri.size()) == uri &&
        std::none_of(from.prefixes.begin(), from.prefixes.end(),
                     [&](const LocationPlan* other) { return other->name == uri; })) {
      location = prefix;
      return Found::kSlashMissing;
    }
    if (uri.substr(0, name.size()) == name) {
      location = prefix;
      return Found::kPrefix;
    }
  }
  for (const LocationPlan* plan : from.exact) {
    if (plan->auto_redirect && plan->name.size() == uri.size() + 1 &&
        std::string_view(plan->name).substr(0, uri.size()) == uri) {
      location = plan;
      return Found::kSlashMissing;
    }
  }
  return Found::kNothing;
}

Found find(const LocationPlan& from, Request& request, const LocationPlan*& location) {
  Found found = find_static(from, request.uri, location);
  if (found == Found::kExact || found == Found::kSlashMissing) return found;
  bool try_regexes = true;
  if (found == Found::kPrefix) {
    const LocationPlan& prefix = *location;
    try_regexes = prefix.kind != LocationKind::kPrefixNoRegex;
    found = find(prefix, request, location);
    if (found == Found::kExact || found == Found::kSlashMissing) return found;
  }
  if (try_regexes) {
    for (const LocationPlan* regex : from.regexes) {
      if (!regex->pattern->match(request.uri, request.captures)) continue;
      store_named_groups(regex->named_groups, request);
      location = regex;
      const Found nested = find(*regex, request, location);
      return nested == Found::kSlashMissing ? nested : Found::kExact;
    }
  }
  return found;
}

}  // namespace

const ServerPlan* select_server(const AddressServers& servers, std::string_view host,
                                Request* request) {
  if (const auto index = servers.names.find(host)) return servers.servers[*index];
  if (host.empty()) return servers.default_server;
  Captures unused;
  for (const AddressServers::Pattern& pattern : servers.patterns) {
    if (!pattern.regex.match(host, request != nullptr ? request->captures : unused)) continue;
    if (request != nullptr) store_named_groups(pattern.named, *request);
    return pattern.server;
  }
  return servers.default_server;
}

LocationMatch select_location(const LocationPlan& from, Request& request) {
  const LocationPlan* location = &from;
  const bool slash_missing = find(from, request, location) == Found::kSlashMissing;
  return {location, slash_missing};
}

const AddressServers& ListenSocket::servers_of(const Address& local) const {
  for (const AddressServers& each : addresses) {
    if (each.address == local) return each;
  }
  return addresses.back();
}

bool adds_header(const AddHeader& header, int status) {
  if (header.always) return true;
  switch (status) {
    case 200:
    case 201:
    case 204:
    case 206:
    case 301:
    case 302:
    case 303:
    case 304:
    case 307:
    case 308:
      return true;
    default:
      return false;
  }
}

}  // namespace poolproof::runtime
