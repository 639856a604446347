// Rule: a request that must be verified goes over a connection that was not.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 2> kNeeds = {"proxy_pass", "grpc_pass"};

constexpr std::array<std::string_view, 7> kProfile = {
    "ssl_verify",      "ssl_trusted_certificate", "ssl_certificate", "ssl_name",
    "ssl_server_name", "ssl_protocols",           "ssl_crl"};

std::string profile_of(const Location& location) {
  std::string out;
  for (const std::string_view setting : kProfile) {
    const Directive at = location.scope->find(setting_name(location, setting)).last();
    for (std::size_t i = 0; at && i < at.arg_count(); ++i) out.append(at.arg(i)).append(" ");
    out += ';';
  }
  return out;
}

void check_upstream(const RuleInput& input, const Upstream& upstream, Report& report) {
  const Location* first = nullptr;
  std::string first_profile;
  for (const Location* user : upstream.users) {
    if (!user->pass || !user->pass->tls) continue;
    const std::string profile = profile_of(*user);
    if (first == nullptr) {
      first = user;
      first_profile = profile;
    } else if (profile != first_profile) {
      Diagnostic out = finding(
          Severity::kError, user->pass->at.head_span(),
          fmt::format(
              "the TLS settings here differ from those at {}, but both take connections from "
              "the pool of upstream `{}`: what must be verified may go over a connection that "
              "was not; use an upstream for each",
              place(input, first->pass->at.head_span(), user->pass->at.head_span()),
              upstream.name));
      out.notes.push_back({first->pass->at.head_span(), "with other settings"});
      return report.add(std::move(out));
    }
  }
}

void check(const RuleInput& input, Report& report) {
  for (const Upstream& upstream : input.config.upstreams()) {
    if (upstream.has_pool() && !upstream.keepalive.value.local)
      check_upstream(input, upstream, report);
  }
}

}  // namespace

Rule pool_shares_tls_verification() {
  return {.name = "pool-shares-tls-verification",
          .group = Group::kProtocol,
          .severity = Severity::kError,
          .summary =
              "Locations with different TLS settings share a pool: one that verifies uses "
              "connections of one that does not.",
          .changes_at = {},
          .needs = kNeeds,
          .fix = std::nullopt,
          .check = check,
          .documentation = {}};
}

}  // namespace poolproof::lint
