// Rule: connections that a load balancer opens in advance are closed before it uses them.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"client_header_timeout"};
constexpr std::chrono::seconds kDefault{60};  // nginx 1.22.1

void check(const RuleInput& input, Report& report) {
  const auto amazon = amazon_in_front(input.config);
  for (const Server& server : input.config.servers()) {
    // Of the default nobody can be told to change it: whether the balancer opens any in advance is
    // not known.
    const Directive at = server.scope->find("client_header_timeout").last();
    if (!at) continue;
    std::optional<FrontBalancer> front = told_in_front(input, server);
    if (!front) front = google_in_front(server);
    if (!front) front = amazon;
    if (!front) continue;
    const std::chrono::milliseconds waits = parse_time(at.arg(0)).value_or(kDefault);
    if (waits.count() == 0 || waits >= front->idle) continue;
    Diagnostic out = finding(
        Severity::kInfo, at.head_span(),
        fmt::format(
            "a connection on which nothing came yet is closed after {} s "
            "(`client_header_timeout`), and {} keeps its own for {} s: of those that it opens "
            "in advance some are closed when it uses them; set `client_header_timeout {}`",
            std::chrono::duration_cast<std::chrono::seconds>(waits).count(), front->name,
            std::chrono::duration<double>(front->idle).count(), front->advice));
    out.notes.push_back({front->evidence, "what shows who is in front"});
    report.add(std::move(out));
  }
}

}  // namespace

Rule client_header_timeout_below_load_balancer() {
  return {.name = "client-header-timeout-below-load-balancer",
          .group = Group::kClient,
          .severity = Severity::kInfo,
          .summary =
              "`client_header_timeout` is below the idle time of the cloud load balancer in front, "
              "which opens connections in advance.",
          .needs = kNeeds,
          .check = check};
}

}  // namespace poolproof::lint
