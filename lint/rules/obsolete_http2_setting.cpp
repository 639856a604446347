// Rule: settings of HTTP/2 that nginx has stopped reading.
#include <array>

#include <fmt/format.h>

#include "lint/client_facts.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 8> kNeeds = {
    "http2_idle_timeout",   "http2_recv_timeout",         "http2_max_requests",
    "http2_max_field_size", "http2_max_header_size",      "http2_push",
    "http2_push_preload",   "http2_max_concurrent_pushes"};

constexpr std::array kChangesAt = {Version{1, 19, 7}, Version{1, 25, 1}};

struct Obsolete {
  std::string_view name;
  Version since;
  std::string_view instead;  // empty: nothing
};

constexpr std::array kObsolete = {
    Obsolete{"http2_idle_timeout", {1, 19, 7}, "keepalive_timeout"},
    Obsolete{"http2_recv_timeout", {1, 19, 7}, "client_header_timeout"},
    Obsolete{"http2_max_requests", {1, 19, 7}, "keepalive_requests"},
    Obsolete{"http2_max_field_size", {1, 19, 7}, "large_client_header_buffers"},
    Obsolete{"http2_max_header_size", {1, 19, 7}, "large_client_header_buffers"},
    Obsolete{"http2_push", {1, 25, 1}, ""},
    Obsolete{"http2_push_preload", {1, 25, 1}, ""},
    Obsolete{"http2_max_concurrent_pushes", {1, 25, 1}, ""},
};

void check(const RuleInput& input, Report& report) {
  for (const Obsolete& each : kObsolete) {
    if (input.version < each.since) continue;
    for (const Directive at : client_statements(input.config, each.name)) {
      Diagnostic out = finding(
          Severity::kWarning, at.head_span(),
          fmt::format("nginx warns of `{}` and ignores it since {}{}; remove the line", each.name,
                      to_string(each.since),
                      each.instead.empty() ? std::string()
                                           : fmt::format(": `{}` rules instead", each.instead)));
      out.fix = safe_fix("remove what is ignored", {remove_statement(at)});
      report.add(std::move(out));
    }
  }
}

}  // namespace

Rule obsolete_http2_setting() {
  return {.name = "obsolete-http2-setting",
          .group = Group::kClient,
          .severity = Severity::kWarning,
          .summary =
              "A setting of HTTP/2 that nginx accepts with a warning and ignores; another one took "
              "its place.",
          .changes_at = kChangesAt,
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
