// How enumerators and locations are spelt in reports.
#include <algorithm>

#include <fmt/format.h>

#include "grammar/config/effective_config.h"
#include "grammar/config/lower_case.h"

namespace poolproof {

std::string_view to_string(Protocol protocol) {
  switch (protocol) {
    case Protocol::kHttp:
      return "http";
    case Protocol::kFastcgi:
      return "fastcgi";
    case Protocol::kMemcached:
      return "memcached";
    case Protocol::kScgi:
      return "scgi";
    case Protocol::kUwsgi:
      return "uwsgi";
    case Protocol::kGrpc:
      return "grpc";
  }
  return "http";
}

std::string Location::display() const {
  switch (kind) {
    case LocationKind::kServerLevel:
      return "server";
    case LocationKind::kPrefix:
    case LocationKind::kNamed:
      return pattern;
    case LocationKind::kPrefixNoRegex:
      return "^~ " + pattern;
    case LocationKind::kExact:
      return "= " + pattern;
    case LocationKind::kRegex:
      return "~ " + pattern;
    case LocationKind::kRegexNoCase:
      return "~* " + pattern;
    case LocationKind::kIf:
      return "if " + pattern;
    case LocationKind::kLimitExcept:
      return "limit_except " + pattern;
  }
  return pattern;
}

const Upstream* EffectiveConfig::find_upstream(std::string_view name) const {
  const auto found = upstream_by_name_.find(lower_case(name));
  return found == upstream_by_name_.end() ? nullptr : found->second;
}

const MapVariable* EffectiveConfig::find_map(std::string_view variable) const {
  const auto found = map_by_name_.find(variable);
  return found == map_by_name_.end() ? nullptr : found->second;
}

}  // namespace poolproof
