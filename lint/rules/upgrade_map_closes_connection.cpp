// Rule: the map for WebSockets answers `close` for every ordinary request.
#include <cctype>

#include <fmt/format.h>

#include "grammar/config/map_lookup.h"
#include "lint/finding.h"
#include "lint/location_fix.h"
#include "lint/pool_facts.h"
#include "lint/pooled_findings.h"

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

/// What says `close` for a request without Upgrade.
struct Closing {
  const MapVariable* map = nullptr;
  const MapEntry* entry = nullptr;
  int stages = 0;  // maps that were gone through
};

/// The entry, through several stages. Without one where it is no map that decides.
Closing closing_entry(const EffectiveConfig& config, const Location& location,
                      std::string_view text) {
  for (int stage = 0; stage < kMaxStages; ++stage) {
    const MapVariable* map = config.find_map(variable_name(text));
    if (!map) return {};
    const PossibleValues source =
        possible_values(config, location, map->source, RequestAssumption{});
    if (!source.complete || source.values.size() != 1) return {};
    const auto values = possible_map_values(*map, source.values.front());
    if (values.size() != 1) return {};
    const MapEntry* entry = entry_with(*map, values.front());
    if (!entry || entry->value.find('$') == std::string_view::npos) return {map, entry, stage + 1};
    text = entry->value;
  }
  return {};
}

bool names(std::string_view text, std::string_view variable) {
  const std::string plain = fmt::format("${}", variable);
  for (std::size_t at = text.find(plain); at != std::string_view::npos;
       at = text.find(plain, at + 1)) {
    const std::size_t end = at + plain.size();
    const char next = end < text.size() ? text[end] : ' ';
    if (next != '_' && std::isalnum(static_cast<unsigned char>(next)) == 0) return true;
  }
  return text.find(fmt::format("${{{}}}", variable)) != std::string_view::npos;
}

bool is_connection_entry(Directive at) {
  return at.name() == "proxy_set_header" && equal_ignoring_case(at.arg(0), "Connection");
}

/// What else depends on the map (a log format, another map) would change with it.
bool only_sent_as_connection(const BoundConfig& bound, std::string_view variable) {
  for (DirectiveId id = 1; id < bound.directive_count(); ++id) {
    const Directive at = bound.directive(id);
    if (is_connection_entry(at)) continue;
    const bool defines =
        at.name() == "map" && at.arg(1).substr(0, 1) == "$" && at.arg(1).substr(1) == variable;
    for (std::size_t i = 0; i < at.arg_count(); ++i) {
      if (defines && i == 1) continue;
      if (names(at.arg(i), variable)) return false;
    }
  }
  return true;
}

/// Edits that make the map answer with an empty text there.
Fix clearing_fix(const MapEntry& entry) {
  constexpr std::string_view kTitle = "let the map clear the header for ordinary requests";
  if (entry.at.name() == "default") {
    return safe_fix(std::string(kTitle), {insert_before(entry.at, "\"\" \"\";")});
  }
  return safe_fix(std::string(kTitle), {replace_argument(entry.at, 0, "")});
}

/// In the map where it serves nothing else; by another map otherwise.
std::optional<Fix> fix_of(const RuleInput& input, const Location& location,
                          const HeaderField& field, const Closing& closing) {
  const bool alone = closing.entry && closing.stages == 1 &&
                     only_sent_as_connection(input.bound, closing.map->name);
  if (alone && closing.map->source == "$http_upgrade") return clearing_fix(*closing.entry);
  return upgrade_header_fix(input, location, field);
}

void check(const RuleInput& input, Report& report) {
  for (const auto& [location, upstream, reason] :
       input.pooled.of("upgrade-map-closes-connection")) {
    const HeaderField& field = *reason.field;
    const Closing closing = closing_entry(input.config, *location, field.value);
    const SourceSpan where = closing.entry ? closing.entry->at.head_span() : field.at.head_span();
    const bool wanted = upstream->keepalive.origin.kind == OriginKind::kExplicit;
    Diagnostic out = finding(
        wanted ? Severity::kError : Severity::kWarning, where,
        fmt::format("`{}` is `close` for every request that is no WebSocket handshake, so the idle "
                    "connections of upstream `{}` are never used; answer `\"\"` instead of `close`",
                    field.value, upstream->name));
    out.notes.push_back({field.at.head_span(), "sent as the Connection header here"});
    out.fix = fix_of(input, *location, field, closing);
    report.add(std::move(out));
  }
}

}  // namespace

Rule upgrade_map_closes_connection() {
  return {.name = "upgrade-map-closes-connection",
          .group = Group::kHeaders,
          .severity = Severity::kError,
          .summary = "The map for WebSockets sends `close` with every ordinary request.",
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
