// Choosing a server by name and a location by URI (nginx 1.22.1: ngx_http_find_virtual_server,
// ngx_http_core_find_location).
#include <algorithm>

#include "runtime/routing.h"

namespace poolproof::runtime {
namespace {

enum class Found { kNothing, kPrefix, kExact, kSlashMissing };

/// The exact location that passes requests on and whose name is `uri` with a slash; null if none
/// is.
const LocationPlan* find_exact_with_slash(const LocationPlan& from, std::string_view uri) {
  const auto at = std::lower_bound(from.exact.begin(), from.exact.end(), uri,
                                   [](const LocationPlan* plan, std::string_view key) {
                                     const std::string_view name = plan->name;
                                     const int order = name.substr(0, key.size()).compare(key);
                                     return order != 0 ? order < 0 : name.substr(key.size()) < "/";
                                   });
  if (at == from.exact.end() || !(*at)->auto_redirect || (*at)->name.size() != uri.size() + 1)
    return nullptr;
  return (*at)->name.starts_with(uri) ? *at : nullptr;
}

bool has_prefix_named(const LocationPlan& from, std::string_view name) {
  return std::any_of(from.prefixes.begin(), from.prefixes.end(),
                     [&](const LocationPlan* each) { return each->name == name; });
}

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
  if (const LocationPlan* with_slash = find_exact_with_slash(from, uri);
      with_slash != nullptr && !has_prefix_named(from, uri)) {
    location = with_slash;
    return Found::kSlashMissing;
  }
  for (const LocationPlan* prefix : from.prefixes) {  // longest first
    const std::string_view name = prefix->name;
    if (name.size() == uri.size() + 1 && prefix->auto_redirect &&
        name.substr(0, uri.size()) == uri && !has_prefix_named(from, uri)) {
      location = prefix;
      return Found::kSlashMissing;
    }
    if (uri.substr(0, name.size()) == name) {
      location = prefix;
      return Found::kPrefix;
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
