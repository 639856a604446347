// Rule: a worker may not open as many files as it may have connections.
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"worker_rlimit_nofile"};

constexpr std::int64_t kDefaultConnections = 512;  // nginx 1.22.1

void check(const RuleInput& input, Report& report) {
  const Directive at = input.config.main().find("worker_rlimit_nofile").last();
  if (!at || input.config.events() == nullptr) return;
  const auto limit = parse_number(at.arg(0));
  const Directive written = input.config.events()->find("worker_connections").last();
  const std::int64_t connections =
      written ? parse_number(written.arg(0)).value_or(0) : kDefaultConnections;
  if (!limit || *limit >= connections) return;
  Diagnostic out = finding(
      Severity::kWarning, at.head_span(),
      fmt::format(
          "a worker may have {} connections but open only {} files, and each proxied request "
          "takes two: nginx warns at start and fails with `Too many open files` under load; "
          "set {}",
          connections, *limit, 2 * connections));
  if (written) out.notes.push_back({written.head_span(), "the connections"});
  out.fix = safe_fix("allow two files for each connection",
                     {replace_argument(at, 0, fmt::format("{}", 2 * connections))});
  report.add(std::move(out));
}

}  // namespace

Rule open_file_limit_below_connections() {
  return {.name = "open-file-limit-below-connections",
          .group = Group::kSizing,
          .severity = Severity::kWarning,
          .summary =
              "`worker_rlimit_nofile` is smaller than `worker_connections`: the worker runs out of "
              "descriptors first.",
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
