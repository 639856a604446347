// Names of log formats and zones that nothing defines. Asked only of a whole configuration.
#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "grammar/config/check_merged.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

/// "name" of "zone=name:10m" or "zone=name".
std::string_view zone_in(Directive at, std::string_view key) {
  for (std::size_t i = 0; i < at.arg_count(); ++i) {
    if (!at.arg(i).starts_with(key)) continue;
    const std::string_view rest = at.arg(i).substr(key.size());
    return rest.substr(0, rest.find(':'));
  }
  return {};
}

// --- log formats --------------------------------------------------------------------------------

/// nginx looks a format up when it reads `access_log`: it must stand before.
void check_log_formats(const Statements& statements, std::vector<Diagnostic>& out) {
  std::unordered_map<std::string_view, DirectiveId> formats = {{"combined", 0}};
  for (const Directive at : statements.of("log_format")) {
    if (!formats.emplace(at.arg(0), at.id()).second) {
      add_error(out, "duplicate-log-format", at.head_span(),
                fmt::format("there is a log format `{}` already", at.arg(0)));
    }
  }
  for (const Directive at : statements.of("access_log")) {
    if (at.arg_count() < 2 || at.arg(0) == "off") continue;
    const auto found = formats.find(at.arg(1));
    if (found != formats.end() && found->second < at.id()) continue;
    const std::string_view why = found == formats.end() ? "no `log_format` defines it"
                                                        : "its `log_format` stands further down";
    add_error(out, "unknown-log-format", at.arg_span(1),
              fmt::format("unknown log format `{}`: {}", at.arg(1), why));
  }
}

// --- zones --------------------------------------------------------------------------------------

struct ZoneUse {
  std::string_view user;
  std::string_view definition;
  std::string_view key;      // in the definition
  std::string_view use_key;  // in the use; empty: the first argument is the name
};

constexpr std::array kZones = {
    ZoneUse{"limit_req", "limit_req_zone", "zone=", "zone="},
    ZoneUse{"limit_conn", "limit_conn_zone", "zone=", ""},
    ZoneUse{"proxy_cache", "proxy_cache_path", "keys_zone=", ""},
    ZoneUse{"fastcgi_cache", "fastcgi_cache_path", "keys_zone=", ""},
    ZoneUse{"scgi_cache", "scgi_cache_path", "keys_zone=", ""},
    ZoneUse{"uwsgi_cache", "uwsgi_cache_path", "keys_zone=", ""},
};

void check_zones(const ZoneUse& rule, const Statements& statements, std::vector<Diagnostic>& out) {
  const auto& users = statements.of(rule.user);
  if (users.empty()) return;
  std::unordered_set<std::string_view> zones;
  for (const Directive at : statements.of(rule.definition)) zones.insert(zone_in(at, rule.key));
  for (const Directive at : users) {
    const std::string_view name = rule.use_key.empty() ? at.arg(0) : zone_in(at, rule.use_key);
    if (name.empty() || name == "off" || has_variables(name) || zones.contains(name)) continue;
    add_error(out, "unknown-zone", at.head_span(),
              fmt::format("no `{}` defines the zone `{}`", rule.definition, name));
  }
}

}  // namespace

void check_references(const MergedInput& input, std::vector<Diagnostic>& out) {
  if (!input.is_whole) return;
  check_log_formats(input.statements, out);
  for (const ZoneUse& zone : kZones) check_zones(zone, input.statements, out);
}

}  // namespace poolproof
