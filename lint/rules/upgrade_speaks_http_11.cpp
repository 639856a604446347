// Rule (with --upgrade-from): HTTP/1.0 becomes HTTP/1.1 without a line being changed.
#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

void check(const RuleInput& input, Report& report) {
  if (input.before == nullptr) return;
  const auto& after = input.config.locations();
  const auto& before = input.before->locations();
  if (after.size() != before.size()) return;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const Location& location = after[i];
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    if (location.http_version.value == before[i].http_version.value) continue;
    Diagnostic out = finding(
        Severity::kInfo, location.pass->at.head_span(),
        fmt::format("nginx {} speaks HTTP/1.1 to the backend here, where {} spoke 1.0: answers may "
                    "come in chunks, and what a backend does wrong in 1.1 shows now; "
                    "`proxy_http_version 1.0` keeps things as they were",
                    to_string(input.version), to_string(input.before->version())));
    out.fix = unsafe_fix("speak HTTP/1.0, as before",
                         {insert_setting(location, "proxy_http_version 1.0;")});
    report.add(std::move(out));
  }
}

}  // namespace

Rule upgrade_speaks_http_11() {
  return {.name = "upgrade-speaks-http-11",
          .group = Group::kProtocol,
          .severity = Severity::kInfo,
          .summary =
              "With --upgrade-from: the newer nginx speaks HTTP/1.1 where the older one spoke 1.0.",
          .fix = Applicability::kUnsafe,
          .fix_only_if_named = true,
          .check = check};
}

}  // namespace poolproof::lint
