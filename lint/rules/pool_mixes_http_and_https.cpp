// Rule: plain requests go over encrypted connections, and the other way round.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"upstream"};

const Location* user_with(const Upstream& upstream, bool tls) {
  for (const Location* user : upstream.users) {
    if (user->pass && user->pass->protocol == Protocol::kHttp && user->pass->tls == tls)
      return user;
  }
  return nullptr;
}

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (!upstream.has_pool() || upstream.keepalive.value.local) continue;
    const Location* plain = user_with(upstream, false);
    const Location* encrypted = user_with(upstream, true);
    if (plain == nullptr || encrypted == nullptr) continue;
    Diagnostic out = finding(
        Severity::kError, encrypted->pass->at.head_span(),
        fmt::format(
            "upstream `{}` is reached over https here and over http at {}, and the pool knows "
            "connections by their address alone: a plain request goes out over an encrypted "
            "one, or the other way round; use an upstream for each",
            upstream.name,
            place(input, plain->pass->at.head_span(), encrypted->pass->at.head_span())));
    out.notes.push_back({plain->pass->at.head_span(), "over http"});
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
          .changes_at = {},
          .needs = kNeeds,
          .fix = std::nullopt,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
