// The questions about upstream connections that several rules ask: what Connection header goes out,
// and who decided that. Answers come from the EffectiveConfig; nothing here reports anything.
#pragma once

#include <string_view>

#include "grammar/config/effective_config.h"

namespace poolproof::lint {

enum class ConnectionKind {
  kClosedByDefault,  // nothing set: nginx before 1.29.7 sends `close`
  kCleared,          // empty, or nothing set from 1.29.7 on
  kClose,            // a literal with the token `close`
  kKeepAlive,        // a literal `keep-alive`
  kFromClient,       // $http_connection itself
  kMapCloses,        // a variable that is `close` for a request without Upgrade
  kOther
};

struct ConnectionHeader {
  ConnectionKind kind = ConnectionKind::kOther;
  const HeaderField* field = nullptr;  // null where nothing is set
};

/// What the location sends upstream in answer to an ordinary request. HTTP passes only.
ConnectionHeader connection_header(const EffectiveConfig& config, const Location& location);

/// The last entry of that name (compared without case), or null.
const HeaderField* find_header(const Location& location, std::string_view name);

/// The `proxy_set_header Connection` of an outer level that the location's own list replaces, if
/// the list that applies has no such entry; an empty handle otherwise.
Directive lost_connection_header(const Location& location);

/// The group that the location passes to and whose idle connections it could use, or null. Of a
/// pass with variables the first group that has a pool.
const Upstream* pooled_upstream(const Location& location);

/// True where the location itself holds the pass: not a copy that nginx made for `if` or
/// limit_except.
bool owns_pass(const Location& location);

/// True if HTTP/1.0 goes upstream only because nothing says otherwise.
bool speaks_http10_by_default(const Location& location);

bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace poolproof::lint
