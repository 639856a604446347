// How the JSON spells what the model counts.
#include "translate/effective/json_parts.h"

namespace poolproof::translate::effective {

std::string_view name_of(OriginKind kind) {
  switch (kind) {
    case OriginKind::kDefault:
      return "default";
    case OriginKind::kInherited:
      return "inherited";
    case OriginKind::kExplicit:
      return "explicit";
  }
  return "default";
}

std::string_view name_of(LocationKind kind) {
  switch (kind) {
    case LocationKind::kServerLevel:
      return "server";
    case LocationKind::kPrefix:
      return "prefix";
    case LocationKind::kPrefixNoRegex:
      return "prefix-no-regex";
    case LocationKind::kExact:
      return "exact";
    case LocationKind::kRegex:
      return "regex";
    case LocationKind::kRegexNoCase:
      return "regex-no-case";
    case LocationKind::kNamed:
      return "named";
    case LocationKind::kIf:
      return "if";
    case LocationKind::kLimitExcept:
      return "limit_except";
  }
  return "prefix";
}

std::string_view name_of(ServerNameKind kind) {
  switch (kind) {
    case ServerNameKind::kExact:
      return "exact";
    case ServerNameKind::kLeadingWildcard:
      return "leading-wildcard";
    case ServerNameKind::kTrailingWildcard:
      return "trailing-wildcard";
    case ServerNameKind::kDotted:
      return "dotted";
    case ServerNameKind::kRegex:
      return "regex";
  }
  return "exact";
}

std::string_view name_of(MapKind kind) {
  switch (kind) {
    case MapKind::kMap:
      return "map";
    case MapKind::kGeo:
      return "geo";
    case MapKind::kSplitClients:
      return "split_clients";
  }
  return "map";
}

std::string_view name_of(HttpVersion version) {
  switch (version) {
    case HttpVersion::k10:
      return "1.0";
    case HttpVersion::k11:
      return "1.1";
    case HttpVersion::k2:
      return "2";
  }
  return "1.1";
}

std::string_view name_of(Balancer balancer) {
  switch (balancer) {
    case Balancer::kRoundRobin:
      return "round_robin";
    case Balancer::kLeastConn:
      return "least_conn";
    case Balancer::kIpHash:
      return "ip_hash";
    case Balancer::kHash:
      return "hash";
    case Balancer::kHashConsistent:
      return "hash consistent";
    case Balancer::kRandom:
      return "random";
    case Balancer::kRandomTwoLeastConn:
      return "random two least_conn";
    case Balancer::kSticky:
      return "sticky";
    case Balancer::kOther:
      return "other";
  }
  return "other";
}

}  // namespace poolproof::translate::effective
