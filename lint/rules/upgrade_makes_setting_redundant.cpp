// Rule (with --upgrade-from): lines that say what the newer nginx does by itself.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

class Redundant {
 public:
  Redundant(const RuleInput& input, Report& report) : input_(input), report_(report) {}

  void run() {
    if (input_.config.http() != nullptr) check(*input_.config.http());
    for (const Location& location : input_.config.locations()) check(*location.scope);
  }

 private:
  void check(const Scope& scope) {
    if (!told_.insert(scope.block().id()).second) return;
    check_version(scope);
    check_header(scope);
  }

  static bool is_default_outside(const Scope& scope, std::string_view name) {
    return scope.parent() == nullptr || scope.parent()->find(name).is_default();
  }

  void check_version(const Scope& scope) {
    for (const Directive at : scope.own("proxy_http_version")) {
      if (at.arg(0) != "1.1" || !is_default_outside(scope, "proxy_http_version")) continue;
      Diagnostic out = finding(Severity::kInfo, at.head_span(),
                               fmt::format("HTTP/1.1 is what nginx {} speaks by itself; this line "
                                           "may go",
                                           to_string(input_.version)));
      out.fix = safe_fix("remove what is the default", {remove_statement(at)});
      report_.add(std::move(out));
    }
  }

  static bool is_connection(Directive at) { return equal_ignoring_case(at.arg(0), "Connection"); }

  void check_header(const Scope& scope) {
    const auto& list = scope.own("proxy_set_header");
    for (const Directive at : list) {
      if (!is_connection(at) || !at.arg(1).empty()) continue;
      const auto count = std::count_if(list.begin(), list.end(), is_connection);
      if (count != 1) continue;
      // Without it an empty list would let that of the outer block in.
      const bool alone = list.size() == 1 && !is_default_outside(scope, "proxy_set_header");
      Diagnostic out = finding(
          Severity::kInfo, at.head_span(),
          alone ? fmt::format("nginx {} sends no Connection header by itself; but this line also "
                              "keeps the outer `proxy_set_header` lines out, so it stays",
                              to_string(input_.version))
                : fmt::format("nginx {} sends no Connection header by itself; this line may go",
                              to_string(input_.version)));
      if (!alone) out.fix = safe_fix("remove what is the default", {remove_statement(at)});
      report_.add(std::move(out));
    }
  }

  const RuleInput& input_;
  Report& report_;
  std::set<DirectiveId> told_;
};

void check(const RuleInput& input, Report& report) {
  if (input.before == nullptr || input.version < kPoolByDefault) return;
  if (input.before->version() >= kPoolByDefault) return;
  Redundant(input, report).run();
}

}  // namespace

Rule upgrade_makes_setting_redundant() {
  return {.name = "upgrade-makes-setting-redundant",
          .group = Group::kCleanup,
          .severity = Severity::kInfo,
          .summary = "With --upgrade-from: lines that say what the newer nginx does by itself.",
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
