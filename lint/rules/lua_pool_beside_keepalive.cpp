// Rule: two programs keep the same connections.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"balancer_by_lua_block"};

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (upstream.implicit || upstream.keepalive.origin.kind != OriginKind::kExplicit) continue;
    if (upstream.keepalive.value.connections == 0) continue;
    const Directive at = lua_pool(upstream);
    if (!at) continue;
    const Directive pool = upstream.keepalive.origin.directive;
    Diagnostic out = finding(
        Severity::kWarning, pool.head_span(),
        fmt::format("the Lua balancer of upstream `{}` keeps connections itself "
                    "(`enable_keepalive`), and OpenResty does not allow both; remove `keepalive`",
                    upstream.name));
    out.notes.push_back({at.name_span(), "the other pool"});
    out.fix = unsafe_fix("leave the pool to the balancer", {remove_statement(pool)});
    report.add(std::move(out));
  }
}

}  // namespace

Rule lua_pool_beside_keepalive() {
  return {
      .name = "lua-pool-beside-keepalive",
      .group = Group::kPool,
      .severity = Severity::kWarning,
      .summary = "An upstream has `keepalive` and a Lua balancer that calls `enable_keepalive`.",
      .needs = kNeeds,
      .fix = Applicability::kUnsafe,
      .check = check};
}

}  // namespace poolproof::lint
