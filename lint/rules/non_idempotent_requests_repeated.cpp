// Rule: requests that must not be repeated are.
#include <array>

#include <fmt/format.h>

#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 5> kNeeds = {"proxy_next_upstream", "fastcgi_next_upstream",
                                                    "scgi_next_upstream", "uwsgi_next_upstream",
                                                    "grpc_next_upstream"};

void check(const RuleInput& input, Report& report) {
  for (const auto name : kNeeds) {
    for (const Directive at : client_statements(input.config, name)) {
      for (std::size_t i = 0; i < at.arg_count(); ++i) {
        if (at.arg(i) != "non_idempotent") continue;
        report.add(finding(Severity::kWarning, at.arg_span(i),
                           "with `non_idempotent` a POST or PATCH that failed is sent again, "
                           "though the backend may "
                           "have carried it out: an order is placed twice; against dead idle "
                           "connections a shorter "
                           "`keepalive_timeout` in the upstream helps without that risk"));
      }
    }
  }
}

}  // namespace

Rule non_idempotent_requests_repeated() {
  return {.name = "non-idempotent-requests-repeated",
          .group = Group::kPool,
          .severity = Severity::kWarning,
          .summary =
              "`non_idempotent`: a POST that failed is sent again, though the backend may have "
              "carried it out.",
          .needs = kNeeds,
          .check = check};
}

}  // namespace poolproof::lint
