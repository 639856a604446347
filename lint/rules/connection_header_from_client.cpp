// Rule: the client decides what the Connection header towards the upstream is.
#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

bool clears_for_plain_request(const RuleInput& input, const Location& location,
                              const MapVariable& map) {
  if (map.source != "$http_upgrade") return false;
  const PossibleValues plain =
      possible_values(input.config, location, fmt::format("${}", map.name), RequestAssumption{});
  return plain.complete && plain.values.size() == 1 && plain.values.front().empty();
}

/// Sends `upgrade` for WebSocket handshakes and nothing otherwise, through a map that is made if
/// the configuration has none like it.
std::optional<Fix> map_fix(const RuleInput& input, const Location& location, Directive header) {
  for (const MapVariable& map : input.config.maps()) {
    if (!clears_for_plain_request(input, location, map)) continue;
    return unsafe_fix("send what the upgrade map says",
                      {replace_argument(header, 1, fmt::format("${}", map.name))});
  }
  if (!input.config.http() || input.config.servers().empty()) return std::nullopt;
  constexpr std::string_view kName = "$upstream_connection_header";
  const Directive server = input.config.servers().front().at;
  const std::string map =
      fmt::format("map $http_upgrade {} {{\n    default upgrade;\n    '' '';\n}}", kName);
  return unsafe_fix("send `upgrade` for WebSocket handshakes and nothing otherwise",
                    {insert_before(server, map), replace_argument(header, 1, kName)});
}

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    const Upstream* upstream = pooled_upstream(location);
    if (!upstream) continue;
    const ConnectionHeader header = connection_header(input.config, location);
    if (header.kind != ConnectionKind::kFromClient) continue;
    Diagnostic out = finding(
        Severity::kWarning, header.field->at.head_span(),
        fmt::format(
            "the client decides what `Connection` says to upstream `{}`: one that sends `close` "
            "empties the pool, and it can name headers for the backend to drop; send `\"\"`, or a "
            "map of $http_upgrade for WebSockets",
            upstream->name));
    out.fix = map_fix(input, location, header.field->at);
    report.add(std::move(out));
  }
}

}  // namespace

Rule connection_header_from_client() {
  return {.name = "connection-header-from-client",
          .group = Group::kHeaders,
          .severity = Severity::kWarning,
          .summary = "The client's own `Connection` header is passed to a pooled upstream.",
          .changes_at = {},
          .fix = Applicability::kUnsafe,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
