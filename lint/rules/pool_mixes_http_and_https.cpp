// Rule: plain requests go over encrypted connections, and the other way round.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/sharing_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"upstream"};

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool() || upstream.keepalive.value.local) continue;
    const auto [plain, encrypted] = unlike_schemes(users_of(upstream));
    if (encrypted == nullptr) continue;
    Diagnostic out = finding(
        Severity::kError, encrypted->pass->at.head_span(),
        fmt::format(
            "upstream `{}` is reached over https here and over http at {}, and the pool knows "
            "connections by their address alone: a plain request goes out over an encrypted "
            "one, or the other way round; use an upstream for each{}",
            upstream.name,
            place(input, plain->pass->at.head_span(), encrypted->pass->at.head_span()),
            or_local_pool(input)));
    out.notes.push_back({plain->pass->at.head_span(), "over http"});
    out.fix = local_pool_fix(input, upstream);
    report.add(std::move(out));
  }
}

}  // namespace

Rule pool_mixes_http_and_https() {
  return {.name = "pool-mixes-http-and-https",
          .group = Group::kProtocol,
          .severity = Severity::kError,
          .summary =
              "One pool is used with `http://` and with `https://`: requests leave over a "
              "connection of the other kind.",
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
