// Rule: a WebSocket connection lives no longer than the pause between two answers may be.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"proxy_read_timeout"};

/// nginx's default; a shorter one was written for ordinary requests.
constexpr std::chrono::seconds kDefault{60};

bool passes_handshakes(const RuleInput& input, const Location& location) {
  const HeaderField* connection = find_header(location, "Connection");
  const HeaderField* upgrade = find_header(location, "Upgrade");
  if (connection == nullptr || upgrade == nullptr || upgrade->value.empty()) return false;
  const PossibleValues sent = possible_values(input.config, location, connection->value,
                                              {.connection = "upgrade", .upgrade = "websocket"});
  return std::any_of(sent.values.begin(), sent.values.end(), [](const std::string& value) {
    return equal_ignoring_case(value, "upgrade");
  });
}

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    const Directive at = location.scope->find("proxy_read_timeout").last();
    if (!at) continue;
    const auto timeout = parse_time(at.arg(0));
    if (!timeout || *timeout >= kDefault || !passes_handshakes(input, location)) continue;
    Diagnostic out =
        finding(Severity::kInfo, at.head_span(),
                fmt::format("this also holds for WebSocket connections: one on which the backend "
                            "says nothing for `{}` is closed; set a longer time where they pass, "
                            "or let the backend send pings more often",
                            at.arg(0)));
    out.notes.push_back({location.pass->at.head_span(), "WebSocket handshakes pass here"});
    report.add(std::move(out));
  }
}

}  // namespace

Rule websocket_closed_when_idle() {
  return {.name = "websocket-closed-when-idle",
          .group = Group::kPool,
          .severity = Severity::kInfo,
          .summary =
              "A short `proxy_read_timeout` closes WebSocket connections on which nothing is said "
              "for a while.",
          .needs = kNeeds,
          .check = check};
}

}  // namespace poolproof::lint
