// Rule: a pass names an address instead of an upstream group, so nginx has nowhere to keep
// connections. Where a group with that very server exists, literal-bypasses-upstream speaks.
#include <string>
#include <unordered_map>
#include <vector>

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
      first_.try_emplace(in_lower_case(server_address(location)), &location);
    }
  }
  /// A location that passes to the same address and must go on to do so; the location itself where
  /// it has several; null if there is none.
  const Location* beside(const Location& location) const {
    if (only_address(location) == nullptr) return &location;
    const auto at = first_.find(in_lower_case(server_address(location)));
    return at == first_.end() ? nullptr : at->second;
  }

 private:
  std::unordered_map<std::string, const Location*> first_;
};

std::optional<Fix> group_fix(const RuleInput& input, const GroupFixes& fixes,
                             const Location& location) {
  if (!input.config.http() || input.config.servers().empty()) return std::nullopt;
  const Pass& pass = *location.pass;
  if (only_address(location) == nullptr) return std::nullopt;
  const std::string name = new_group_name(input.config, pass);
  auto edits = fixes.edits(location, name);
  if (!edits) return std::nullopt;
  const std::string group = fmt::format("upstream {} {{\n    server {};\n    keepalive 32;\n}}",
                                        name, server_address(location));
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

/// "`http://$b` names the addresses `10.0.0.1:80` and `10.0.0.2:80`"
std::string what_it_names(const Location& location) {
  const Pass& pass = *location.pass;
  if (!pass.has_variables || is_written_out(pass)) {
    return fmt::format("`{}` names an address", pass.target);
  }
  const std::vector<const Upstream*> fixed = variable_addresses(location).fixed;
  std::string names;
  for (std::size_t i = 0; i < fixed.size(); ++i) {
    names += fmt::format("{}`{}`",
                         i == 0                  ? ""
                         : i + 1 == fixed.size() ? " and "
                                                 : ", ",
                         fixed[i]->name);
  }
  const bool all = fixed.size() == pass.possible_upstreams.size();
  return fmt::format("`{}` {} the address{} {}", pass.target, all ? "names" : "may name",
                     fixed.size() == 1 ? "" : "es", names);
}

/// What a variable may hold is known, and some of it has no pool.
bool may_pass_to_address(const RuleInput& input, const Location& location) {
  if (could_pass_to_group(input, location)) return true;
  if (!owns_pass(location) || !location.pass->has_variables) return false;
  const Protocol protocol = location.pass->protocol;
  return location.pass->possible_upstreams_complete &&
         (protocol == Protocol::kHttp || protocol == Protocol::kGrpc) &&
         !variable_addresses(location).fixed.empty();
}

void check(const RuleInput& input, Report& report) {
  const GroupsByServer groups(input);
  const GroupFixes fixes(input);
  const StuckAddresses stuck(input, fixes);
  for (const Location& location : input.config.locations()) {
    if (!may_pass_to_address(input, location)) continue;
    if (groups.bypassed_by(location) != nullptr) continue;
    Diagnostic out = finding(
        severity_for(input, location), location.pass->at.head_span(),
        fmt::format(
            "{}, and nginx keeps idle connections only for `upstream` groups: "
            "each request opens a new one; put the address into an `upstream` with `keepalive`",
            what_it_names(location)));
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
