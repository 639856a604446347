// `allow` and `deny` as rules of Envoy's RBAC filter.
#pragma once

#include <optional>

#include "translate/envoy/shared.h"

namespace poolproof::translate::envoy {

struct Access {
  bool nobody = false;
  std::optional<Tree> filter;  // what the route says to the filter; none: everybody
};

inline constexpr std::string_view kAccessFilter = "envoy.filters.http.rbac";

/// Of the level that has any, as nginx 1.22.1: the first line that has the client's address
/// decides.
Access access_of(Shared& shared, const Scope& scope);

/// The filter of the listener, without rules of its own.
Tree access_filter();

}  // namespace poolproof::translate::envoy
