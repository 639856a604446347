// Rule: nginx closes connections that the load balancer in front still uses.
#include <optional>

#include <array>

#include <fmt/format.h>

#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 2> kNeeds = {"set_real_ip_from", "keepalive_timeout"};

/// A load balancer that keeps its connections to nginx for `idle`, and what gives it away.
struct Front {
  std::string_view name;
  std::chrono::seconds idle{};
  std::string_view advice;
  Directive evidence;
};

/// The ranges from which Google's load balancers connect; they keep idle connections for 600 s, and
/// that cannot be set (Google Cloud documentation, "Backend service timeout").
bool is_google(std::string_view range) {
  return range == "35.191.0.0/16" || range == "130.211.0.0/22";
}

std::optional<Front> google_front(const Server& server) {
  for (const Directive at : server.scope->find("set_real_ip_from").directives) {
    if (is_google(at.arg(0))) {
      return Front{"Google's load balancer", std::chrono::seconds(600), "620s", at};
    }
  }
  return std::nullopt;
}

/// Amazon's load balancers add this header; they keep idle connections for 60 s by default.
std::optional<Front> amazon_front(const RuleInput& input) {
  for (const auto name : {"log_format", "proxy_set_header", "map", "fastcgi_param"}) {
    for (const Directive at : client_statements(input.config, name)) {
      for (std::size_t i = 0; i < at.arg_count(); ++i) {
        if (at.arg(i).find("$http_x_amzn_trace_id") == std::string_view::npos) continue;
        return Front{"Amazon's load balancer", std::chrono::seconds(60), "65s", at};
      }
    }
  }
  return std::nullopt;
}

void check_server(const RuleInput& input, const Server& server, Report& report) {
  const ClientTimeout client = client_timeout(*server.scope);
  std::optional<Front> front = google_front(server);
  if (!front && client.at) front = amazon_front(input);
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
  for (const Server& server : input.config.servers()) check_server(input, server, report);
}

}  // namespace

Rule client_idle_below_load_balancer() {
  return {.name = "client-idle-below-load-balancer",
          .group = Group::kClient,
          .severity = Severity::kWarning,
          .summary =
              "`keepalive_timeout` is not above the idle time of the cloud load balancer in front, "
              "which then answers 502 now and then.",
          .changes_at = {},
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
