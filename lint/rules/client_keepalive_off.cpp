// Rule: clients get a new connection for every request.
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 3> kNeeds = {"keepalive_timeout", "keepalive_requests",
                                                    "keepalive_time"};

constexpr std::array kChangesAt = {kHttp2FollowsKeepalive};

bool is_off(Directive at) {
  if (at.name() == "keepalive_requests") {
    return parse_number(at.arg(0)).value_or(2) <= 1;
  }
  return parse_time(at.arg(0)) == std::chrono::milliseconds(0);
}

/// A page that is asked for by a machine now and then, or that turns clients away.
bool is_harmless(const EffectiveConfig& config, Directive at) {
  for (const Server& server : config.servers()) {
    if (server.scope->block() == at.parent()) return only_returns(server);
  }
  return false;
}

bool ends_http2_after_one_stream(const RuleInput& input, Directive at) {
  if (at.name() != "keepalive_timeout" || input.version < kHttp2FollowsKeepalive) return false;
  for (const Server& server : input.config.servers()) {
    if (client_timeout(*server.scope).at == at && speaks_multiplexed(input.config, server)) {
      return true;
    }
  }
  return false;
}

void check_all(const RuleInput& input, std::string_view name, Report& report) {
  for (const Directive at : client_statements(input.config, name)) {
    // For one location it is a choice: the way to end connections after certain answers.
    if (at.context() == Context::kLocation || !is_off(at)) continue;
    if (is_harmless(input.config, at) || ends_http2_after_one_stream(input, at)) continue;
    Diagnostic out = finding(
        Severity::kWarning, at.head_span(),
        fmt::format("`{} {}` closes every client's connection after one request, so each request "
                    "pays for a new handshake; remove the line for nginx's default",
                    at.name(), at.arg(0)));
    out.fix = unsafe_fix("go back to nginx's default", {remove_statement(at)});
    report.add(std::move(out));
  }
}

void check(const RuleInput& input, Report& report) {
  for (const auto name : {"keepalive_timeout", "keepalive_requests", "keepalive_time"}) {
    check_all(input, name, report);
  }
}

}  // namespace

Rule client_keepalive_off() {
  return {.name = "client-keepalive-off",
          .group = Group::kClient,
          .severity = Severity::kWarning,
          .summary =
              "`keepalive_timeout 0` and its like: every request of a client needs a connection of "
              "its own.",
          .changes_at = kChangesAt,
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
