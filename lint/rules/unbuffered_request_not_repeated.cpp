// Rule: a request that is passed on as it comes cannot be sent again.
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/finding.h"
#include "lint/pool_facts.h"
#include "lint/stale_facts.h"
#include "lint/told/idle_times.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 2> kNeeds = {"proxy_request_buffering",
                                                    "fastcgi_request_buffering"};

void check(const RuleInput& input, Report& report) {
  for (const Location* location : reusing_locations(input.config)) {
    const std::string name = setting_name(*location, "request_buffering");
    const Directive at = location->scope->find(name).last();
    if (!at || parse_flag(at.arg(0)) != false) continue;
    const auto closing = first_to_close(input, *pooled_upstream(*location));
    const bool meets = closing && meets_closing(*pooled_upstream(*location), closing->idle);
    Diagnostic out = finding(
        meets ? Severity::kWarning : Severity::kInfo, at.head_span(),
        "a body that is passed on as it comes cannot be sent again: an upload that meets an idle "
        "connection which the backend has just closed is answered with 502; keep "
        "`keepalive_timeout` "
        "in the upstream well below the idle time of the backend");
    out.notes.push_back({location->pass->at.head_span(), "the connections that are reused"});
    if (meets) out.notes.push_back({closing->note.at, "what closes first is said here"});
    report.add(std::move(out));
  }
}

}  // namespace

Rule unbuffered_request_not_repeated() {
  return {.name = "unbuffered-request-not-repeated",
          .group = Group::kPool,
          .severity = Severity::kWarning,
          .summary =
              "`proxy_request_buffering off` on a pooled upstream: uploads that meet a dead idle "
              "connection are lost.",
          .needs = kNeeds,
          .check = check};
}

}  // namespace poolproof::lint
