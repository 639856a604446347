// Rule: the map for WebSockets answers `close` for every ordinary request.
#include <fmt/format.h>

#include "grammar/config/map_lookup.h"
#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

constexpr int kMaxStages = 8;

std::string_view variable_name(std::string_view text) {
  if (text.starts_with("${") && text.ends_with("}")) return text.substr(2, text.size() - 3);
  if (text.starts_with("$")) return text.substr(1);
  return {};
}

const MapEntry* entry_with(const MapVariable& map, std::string_view value) {
  for (const MapEntry& entry : map.entries) {
    if (entry.value == value) return &entry;
  }
  return map.fallback && map.fallback->value == value ? &*map.fallback : nullptr;
}

/// The entry, through several stages, that says `close` for a request without Upgrade.
const MapEntry* closing_entry(const EffectiveConfig& config, const Location& location,
                              std::string_view text) {
  for (int stage = 0; stage < kMaxStages; ++stage) {
    const MapVariable* map = config.find_map(variable_name(text));
    if (!map) return nullptr;
    const PossibleValues source =
        possible_values(config, location, map->source, RequestAssumption{});
    if (!source.complete || source.values.size() != 1) return nullptr;
    const auto values = possible_map_values(*map, source.values.front());
    if (values.size() != 1) return nullptr;
    const MapEntry* entry = entry_with(*map, values.front());
    if (!entry || entry->value.find('$') == std::string_view::npos) return entry;
    text = entry->value;
  }
  return nullptr;
}

/// Edits that make the map answer with an empty text there.
Fix clearing_fix(const MapEntry& entry) {
  if (entry.at.name() == "default") {
    return safe_fix("let the map clear the header for ordinary requests",
                    {insert_before(entry.at, "\"\" \"\";")});
  }
  return safe_fix("let the map clear the header for ordinary requests",
                  {replace_argument(entry.at, 0, "")});
}

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    const Upstream* upstream = pooled_upstream(location);
    if (!upstream) continue;
    const ConnectionHeader header = connection_header(input.config, location);
    if (header.kind != ConnectionKind::kMapCloses) continue;
    const MapEntry* entry = closing_entry(input.config, location, header.field->value);
    const SourceSpan where = entry ? entry->at.head_span() : header.field->at.head_span();
    const bool wanted = upstream->keepalive.origin.kind == OriginKind::kExplicit;
    Diagnostic out = finding(
        wanted ? Severity::kError : Severity::kWarning, where,
        fmt::format("`{}` is `close` for every request that is no WebSocket handshake, so the idle "
                    "connections of upstream `{}` are never used; answer `\"\"` instead of `close`",
                    header.field->value, upstream->name));
    out.notes.push_back({header.field->at.head_span(), "sent as the Connection header here"});
    if (entry) out.fix = clearing_fix(*entry);
    report.add(std::move(out));
  }
}

}  // namespace

Rule upgrade_map_closes_connection() {
  return {.name = "upgrade-map-closes-connection",
          .group = Group::kHeaders,
          .severity = Severity::kError,
          .summary = "The map for WebSockets sends `close` with every ordinary request.",
          .changes_at = {},
          .fix = Applicability::kSafe,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
