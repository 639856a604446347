// Rule: nginx closes connections that the load balancer in front still uses.
#include <optional>

#include <fmt/format.h>

#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

double in_seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

void check_server(const RuleInput& input, const Server& server,
                  const std::optional<FrontBalancer>& amazon, Report& report) {
  const ClientTimeout client = client_timeout(*server.scope);
  std::optional<FrontBalancer> front = told_in_front(input, server);
  if (!front) front = google_in_front(server);
  if (!front && client.at) front = amazon;
  if (!front || client.timeout > front->idle || client.timeout.count() == 0) return;
  Diagnostic out = finding(
      Severity::kWarning, client.at ? client.at.head_span() : front->evidence,
      fmt::format(
          "{} keeps idle connections for {} s, nginx closes them after {} s: a request that "
          "is sent at that moment is answered with 502; set `keepalive_timeout {}`",
          front->name, in_seconds(front->idle), in_seconds(client.timeout), front->advice));
  if (client.at) {
    out.notes.push_back({front->evidence, "what shows who is in front"});
    out.fix = unsafe_fix("keep connections longer than the load balancer",
                         {replace_argument(client.at, 0, front->advice)});
  }
  report.add(std::move(out));
}

void check(const RuleInput& input, Report& report) {
  const auto amazon = amazon_in_front(input.config);
  for (const Server& server : input.config.servers()) check_server(input, server, amazon, report);
}

}  // namespace

Rule client_idle_below_load_balancer() {
  return {.name = "client-idle-below-load-balancer",
          .group = Group::kClient,
          .severity = Severity::kWarning,
          .summary =
              "`keepalive_timeout` is not above the idle time of the load balancer in front, which "
              "then answers 502 now and then.",
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
