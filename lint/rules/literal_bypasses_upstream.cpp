// Rule: an address is passed to by itself, beside the group with a pool that holds it.
#include <array>

#include <fmt/format.h>

#include "lint/bypass.h"
#include "lint/finding.h"
#include "lint/group_fix.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"upstream"};

void check(const RuleInput& input, Report& report) {
  const GroupsByServer groups(input);
  const GroupFixes fixes(input);
  for (const Location& location : input.config.locations()) {
    const Upstream* group = groups.bypassed_by(location);
    if (group == nullptr) continue;
    const Origin& pool = group->keepalive.origin;
    const bool wanted = pool.kind == OriginKind::kExplicit;
    // What a variable holds is not there by oversight.
    const bool grave = wanted && is_written_out(*location.pass);
    Diagnostic out = finding(
        grave ? Severity::kError : Severity::kWarning, location.pass->at.head_span(),
        fmt::format("this goes past upstream `{}`, which {} and a pool: named by its address, each "
                    "request opens a new connection; pass to `{}`",
                    group->name,
                    group->peers.size() == 1
                        ? "has the same server"
                        : "nothing passes to, although it has this server among others",
                    group->name));
    out.notes.push_back(
        {(wanted ? pool.directive : group->at).head_span(), "the pool that is not used"});
    if (auto edits = fixes.edits(location, group->name)) {
      out.fix = unsafe_fix(fmt::format("pass to upstream `{}`", group->name), std::move(*edits));
    }
    report.add(std::move(out));
  }
}

}  // namespace

Rule literal_bypasses_upstream() {
  return {.name = "literal-bypasses-upstream",
          .group = Group::kPool,
          .severity = Severity::kError,
          .summary =
              "A pass names the address of a server that an upstream with a pool has, too, and so "
              "uses none of its connections.",
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
