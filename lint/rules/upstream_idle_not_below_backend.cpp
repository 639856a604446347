// Rule: the backend closes idle connections before nginx does, and requests meet the closing.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/told/idle_times.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"upstream"};

std::string in_words(std::chrono::milliseconds time) {
  if (time.count() % 1000 == 0) return fmt::format("{} s", time.count() / 1000);
  return fmt::format("{} ms", time.count());
}

/// Four fifths of the backend's time, and a second less at least.
std::string shorter(std::chrono::milliseconds backend) {
  const auto four_fifths = backend.count() * 4 / 5;
  const auto limit = std::min<std::int64_t>(four_fifths, backend.count() - 1000);
  if (limit >= 1000) return fmt::format("{}s", limit / 1000);
  return fmt::format("{}ms", std::max<std::int64_t>(four_fifths, 1));
}

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    const auto closing = first_to_close(input, upstream);
    if (!closing || !meets_closing(upstream, closing->idle)) continue;
    const auto& timeout = upstream.keepalive_timeout;
    const bool written = timeout.origin.kind == OriginKind::kExplicit;
    const auto& keepalive = upstream.keepalive.origin;
    const bool has_line = keepalive.kind == OriginKind::kExplicit;
    const Directive at = written    ? timeout.origin.directive
                         : has_line ? keepalive.directive
                                    : upstream.at;
    const std::string better = shorter(closing->idle);
    Diagnostic out = finding(
        Severity::kWarning, at.head_span(),
        fmt::format("{} closes idle connections after {}, nginx keeps them for {}{}: a request "
                    "that is sent at that moment is lost, a low rate of 502s; set "
                    "`keepalive_timeout {}` in upstream `{}`",
                    closing->note.name(), in_words(closing->idle), in_words(timeout.value),
                    written ? "" : " by default", better, upstream.name));
    out.notes.push_back({closing->note.at, "said here"});
    const std::string line = fmt::format("keepalive_timeout {};", better);
    out.fix = safe_fix("close idle connections before the backend does",
                       {written    ? replace_argument(at, 0, better)
                        : has_line ? insert_after(at, line)
                                   : insert_at_end(upstream.at, line)});
    report.add(std::move(out));
  }
}

}  // namespace

Rule upstream_idle_not_below_backend() {
  return {.name = "upstream-idle-not-below-backend",
          .group = Group::kPool,
          .severity = Severity::kWarning,
          .summary =
              "nginx keeps idle upstream connections as long as the backend or longer: requests "
              "meet the closing (the backend is named in a comment).",
          .needs = kNeeds,
          .for_told_backends = true,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
