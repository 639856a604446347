// Rule: FastCGI connections are to be kept, and there is no place to keep them in.
#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/finding.h"
#include "lint/sharing_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"fastcgi_keep_conn on"};

bool is_fastcgi(const Location& location) {
  return location.pass && location.pass->protocol == Protocol::kFastcgi;
}

/// Where a variable decides there may be a pool.
bool has_no_pool(const Location& location) {
  const Pass& pass = *location.pass;
  return !pass.has_variables && pass.upstream != nullptr && !pass.upstream->has_pool() &&
         !pass.upstream->pool_lost_to_method &&
         pass.upstream->keepalive.origin.kind == OriginKind::kDefault;
}

/// In a fragment a bare word may be a group that is defined elsewhere.
bool is_known(const RuleInput& input, const Location& location) {
  if (!input.bound.is_snippet() && !input.bound.incomplete()) return true;
  const Pass& pass = *location.pass;
  return !pass.upstream->implicit || pass.port != 0 || pass.target.starts_with("unix:");
}

/// A group gets a pool with 1.29.7, an address never does.
std::string sentence(const Upstream& upstream) {
  if (upstream.implicit) {
    return fmt::format(
        "`{}` is no upstream block, so nginx has nowhere to keep the connection: the "
        "line does nothing; remove it",
        upstream.name);
  }
  return fmt::format(
      "upstream `{}` has no pool, so the line does nothing now, but from nginx 1.29.7 "
      "on there is one by default: idle connections may then hold every process of "
      "the backend; remove it",
      upstream.name);
}

/// Without the line that of an outer block would hold.
TextEdit edit_of(const Location& user, Directive at) {
  for (const Scope* scope = user.scope; scope != nullptr; scope = scope->parent()) {
    if (scope->own("fastcgi_keep_conn").empty()) continue;
    const bool outer =
        scope->parent() != nullptr && scope->parent()->flag_or("fastcgi_keep_conn", false);
    return outer ? replace_argument(at, 0, "off") : remove_statement(at);
  }
  return remove_statement(at);
}

void check_statement(const RuleInput& input, Directive at, const Users& users, Report& report) {
  const auto idle = [&](const Location* user) {
    if (!has_no_pool(*user) || !is_known(input, *user)) return false;
    // To a group of other programs a pool may be added: another rule says so.
    return user->pass->upstream->implicit || may_pin_processes(input, *user->pass->upstream);
  };
  if (!std::all_of(users.begin(), users.end(), idle)) return;
  const Pass& pass = *users.front()->pass;
  Diagnostic out = finding(Severity::kInfo, at.head_span(), sentence(*pass.upstream));
  out.notes.push_back({pass.at.head_span(), "passed on here"});
  out.fix = safe_fix("keep nothing where there is no place for it", {edit_of(*users.front(), at)});
  report.add(std::move(out));
}

void check(const RuleInput& input, Report& report) {
  std::map<DirectiveId, Users> users;  // of each statement
  for (const Location& location : input.config.locations()) {
    if (!is_fastcgi(location)) continue;
    const Directive at = location.scope->find("fastcgi_keep_conn").last();
    if (at && parse_flag(at.arg(0)) == true) users[at.id()].push_back(&location);
  }
  for (const auto& [at, locations] : users) {
    check_statement(input, input.bound.directive(at), locations, report);
  }
}

}  // namespace

Rule fastcgi_keep_conn_without_pool() {
  return {
      .name = "fastcgi-keep-conn-without-pool",
      .group = Group::kProtocol,
      .severity = Severity::kInfo,
      .summary =
          "`fastcgi_keep_conn on` towards an address, or a group without a pool: nothing is kept.",
      .needs = kNeeds,
      .fix = Applicability::kSafe,
      .check = check};
}

}  // namespace poolproof::lint
