// Rule: every request claims to be a WebSocket handshake.
#include <array>

#include <fmt/format.h>

#include "lint/comma_list.h"
#include "lint/finding.h"
#include "lint/location_fix.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"proxy_set_header"};

/// One path, or a name that is used for nothing else.
bool is_for_websockets(const Location& location) {
  if (location.kind == LocationKind::kExact) return true;
  for (const auto name : {"ws", "socket", "hub", "live", "signalr", "cable", "stream"}) {
    if (location.pattern.find(name) != std::string::npos) return true;
  }
  return false;
}

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    const HeaderField* field = find_header(location, "Connection");
    if (field == nullptr || !has_token(field->value, "upgrade") || is_for_websockets(location))
      continue;
    Diagnostic out = finding(
        Severity::kWarning, field->at.head_span(),
        fmt::format("every request says `Connection: {}`, also those that upgrade nothing: some "
                    "backends refuse these when they have a body (Kestrel: 400); let a map of "
                    "$http_upgrade decide",
                    field->value));
    out.notes.push_back({location.pass->at.head_span(), "passed on here"});
    out.fix = upgrade_header_fix(input, location, *field);
    report.add(std::move(out));
  }
}

}  // namespace

Rule upgrade_header_for_all_requests() {
  return {
      .name = "upgrade-header-for-all-requests",
      .group = Group::kHeaders,
      .severity = Severity::kWarning,
      .summary =
          "`Connection: upgrade` is sent with every request, also with those that upgrade nothing.",
      .needs = kNeeds,
      .fix = Applicability::kUnsafe,
      .check = check};
}

}  // namespace poolproof::lint
