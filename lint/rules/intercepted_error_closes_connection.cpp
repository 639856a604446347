// Rule: an error page of nginx costs the connection on which the backend answered.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 3> kNeeds = {
    "proxy_intercept_errors", "fastcgi_intercept_errors", "grpc_intercept_errors"};

/// Errors that ordinary traffic meets: 400 to 499. Those of 500 and above say that the backend has
/// greater worries. Stops before `=200` and the page.
bool replaces_ordinary_errors(const std::vector<Directive>& pages) {
  for (const Directive page : pages) {
    for (std::size_t i = 0; i + 1 < page.arg_count(); ++i) {
      const std::string_view status = page.arg(i);
      if (status.size() == 3 && status.front() == '4') return true;
    }
  }
  return false;
}

void check(const RuleInput& input, Report& report) {
  for (const Location* location : reusing_locations(input.config)) {
    const std::string name = setting_name(*location, "intercept_errors");
    if (!location->scope->flag_or(name, false)) continue;
    const Found pages = location->scope->find("error_page");
    if (!replaces_ordinary_errors(pages.directives)) continue;
    Diagnostic out =
        finding(Severity::kInfo, location->scope->find(name).last().head_span(),
                "an answer that `error_page` replaces is not read to its end: if it has a body, "
                "the upstream connection is closed, so each such error opens a new one; where they "
                "are frequent, let the backend answer them without a body");
    out.notes.push_back({pages.last().head_span(), "the page that replaces it"});
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
