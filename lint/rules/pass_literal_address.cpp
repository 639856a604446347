// Rule: a pass names an address instead of an upstream group, so nginx has nowhere to keep
// connections. Where a group with that very server exists, literal-bypasses-upstream speaks.
#include <unordered_map>

#include <fmt/format.h>

#include "lint/bypass.h"
#include "lint/finding.h"
#include "lint/group_fix.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

/// A group for one of them would leave the others beside it, which is worse than no group.
class StuckAddresses {
 public:
  StuckAddresses(const RuleInput& input, const GroupFixes& fixes) {
    for (const Location& location : input.config.locations()) {
      if (!could_pass_to_group(input, location)) continue;
      if (fixes.edits(location, new_group_name(input.config, *location.pass))) continue;
      first_.try_emplace(in_lower_case(server_address(*location.pass)), &location);
    }
  }
  /// A location that passes to the same address and must go on to do so; null if there is none.
  const Location* beside(const Location& location) const {
    const auto at = first_.find(in_lower_case(server_address(*location.pass)));
    return at == first_.end() ? nullptr : at->second;
  }

 private:
  std::unordered_map<std::string, const Location*> first_;
};

std::optional<Fix> group_fix(const RuleInput& input, const GroupFixes& fixes,
                             const Location& location) {
  if (!input.config.http() || input.config.servers().empty()) return std::nullopt;
  const Pass& pass = *location.pass;
  const std::string name = new_group_name(input.config, pass);
  auto edits = fixes.edits(location, name);
  if (!edits) return std::nullopt;
  const std::string group = fmt::format("upstream {} {{\n    server {};\n    keepalive 32;\n}}",
                                        name, server_address(pass));
  edits->insert(edits->begin(), insert_before(input.config.servers().front().at, group));
  return unsafe_fix(fmt::format("pass to a new upstream `{}`", name), std::move(*edits));
}

/// gRPC knows nothing but kept connections; for the others the pool is expected where it is the
/// default.
Severity severity_for(const RuleInput& input, const Location& location) {
  const bool expected =
      input.version >= kPoolByDefault || location.pass->protocol == Protocol::kGrpc;
  return expected ? Severity::kWarning : Severity::kInfo;
}

void check(const RuleInput& input, Report& report) {
  const GroupsByServer groups(input);
  const GroupFixes fixes(input);
  const StuckAddresses stuck(input, fixes);
  for (const Location& location : input.config.locations()) {
    if (!could_pass_to_group(input, location)) continue;
    if (groups.bypassed_by(location) != nullptr) continue;
    Diagnostic out = finding(
        severity_for(input, location), location.pass->at.head_span(),
        fmt::format(
            "`{}` names an address, and nginx keeps idle connections only for `upstream` groups: "
            "each request opens a new one; put the address into an `upstream` with `keepalive`",
            location.pass->target));
    if (const Location* other = stuck.beside(location); other == nullptr) {
      out.fix = group_fix(input, fixes, location);
    } else if (other != &location) {
      out.notes.push_back({other->pass->at.head_span(),
                           "no fix: this goes to the same address, and with a group something "
                           "else than its connections would change"});
    }
    report.add(std::move(out));
  }
}

}  // namespace

Rule pass_literal_address() {
  return {.name = "pass-literal-address",
          .group = Group::kPool,
          .severity = Severity::kWarning,
          .summary = "A pass to a literal address never reuses connections.",
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
