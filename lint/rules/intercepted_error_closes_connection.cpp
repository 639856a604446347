// Rule: an error page of nginx costs the connection on which the backend answered.
#include <array>

#include <fmt/format.h>

#include "lint/answer_facts.h"
#include "lint/finding.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 3> kNeeds = {
    "proxy_intercept_errors", "fastcgi_intercept_errors", "grpc_intercept_errors"};

void check(const RuleInput& input, Report& report) {
  for (const Location* location : reusing_locations(input.config)) {
    const ReplacedErrors replaced = replaced_errors(*location);
    if (!replaced.page) continue;
    Diagnostic out =
        finding(Severity::kInfo, replaced.intercept.head_span(),
                "an answer that `error_page` replaces is not read to its end: if it has a body, "
                "the upstream connection is closed, so each such error opens a new one; where they "
                "are frequent, let the backend answer them without a body");
    out.notes.push_back({replaced.page.head_span(), "the page that replaces it"});
    report.add(std::move(out));
  }
}

}  // namespace

Rule intercepted_error_closes_connection() {
  return {.name = "intercepted-error-closes-connection",
          .group = Group::kPool,
          .severity = Severity::kInfo,
          .summary =
              "Errors of the backend are replaced by `error_page`: each of them that has a body "
              "ends an upstream connection.",
          .needs = kNeeds,
          .check = check};
}

}  // namespace poolproof::lint
