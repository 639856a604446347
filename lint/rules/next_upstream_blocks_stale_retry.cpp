// Rule: a dead idle connection becomes a 502, because retries are off.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 4> kNeeds = {"proxy_next_upstream", "fastcgi_next_upstream",
                                                    "memcached_next_upstream",
                                                    "grpc_next_upstream"};

bool lists(Directive at, std::string_view word) {
  for (std::size_t i = 0; i < at.arg_count(); ++i) {
    if (at.arg(i) == word) return true;
  }
  return false;
}

void check(const RuleInput& input, Report& report) {
  for (const Location* location : reusing_locations(input.config)) {
    const std::string name = setting_name(*location, "next_upstream");
    const Directive at = location->scope->find(name).last();
    if (!at || lists(at, "error")) continue;
    Diagnostic out =
        finding(Severity::kError, at.head_span(),
                "without `error` nginx repeats no request that met an idle connection which the "
                "backend had just closed: it answers 502, though the request was never begun; "
                "add `error`");
    out.notes.push_back({location->pass->at.head_span(), "the connections that are reused"});
    if (lists(at, "off")) {
      out.fix = unsafe_fix("repeat after connection errors", {replace_argument(at, 0, "error")});
    } else {
      out.fix = unsafe_fix("repeat after connection errors", {insert_argument(at, "error")});
    }
    report.add(std::move(out));
  }
}

}  // namespace

Rule next_upstream_blocks_stale_retry() {
  return {.name = "next-upstream-blocks-stale-retry",
          .group = Group::kPool,
          .severity = Severity::kError,
          .summary =
              "`proxy_next_upstream` without `error` on a pooled upstream: a connection that the "
              "backend has closed becomes a 502.",
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
