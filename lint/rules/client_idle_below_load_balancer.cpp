// Rule: nginx closes connections that the load balancer in front still uses.
#include <array>
#include <optional>

#include <fmt/format.h>

#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 2> kNeeds = {"set_real_ip_from", "keepalive_timeout"};

void check_server(const Server& server, const std::optional<FrontBalancer>& amazon,
                  Report& report) {
  const ClientTimeout client = client_timeout(*server.scope);
  std::optional<FrontBalancer> front = google_in_front(server);
  if (!front && client.at) front = amazon;
  if (!front || client.timeout > front->idle || client.timeout.count() == 0) return;
  Diagnostic out = finding(
      Severity::kWarning, (client.at ? client.at : front->evidence).head_span(),
      fmt::format(
          "{} keeps idle connections for {} s, nginx closes them after {} s: a request that "
          "is sent at that moment is answered with 502; set `keepalive_timeout {}`",
          front->name, front->idle.count(),
          std::chrono::duration_cast<std::chrono::seconds>(client.timeout).count(), front->advice));
  if (client.at) {
    out.notes.push_back({front->evidence.head_span(), "what shows who is in front"});
    out.fix = unsafe_fix("keep connections longer than the load balancer",
                         {replace_argument(client.at, 0, front->advice)});
  }
  report.add(std::move(out));
}

void check(const RuleInput& input, Report& report) {
  const auto amazon = amazon_in_front(input.config);
  for (const Server& server : input.config.servers()) check_server(server, amazon, report);
}

}  // namespace

Rule client_idle_below_load_balancer() {
  return {.name = "client-idle-below-load-balancer",
          .group = Group::kClient,
          .severity = Severity::kWarning,
          .summary =
              "`keepalive_timeout` is not above the idle time of the cloud load balancer in front, "
              "which then answers 502 now and then.",
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
