// The table of what is executed: complete over the catalogue, and refusing by default.
#include "runtime/support.h"

#include <gtest/gtest.h>

#include <set>

#include "grammar/catalogue/catalogue.h"
#include "tests/runtime/plan_fixture.h"

namespace poolproof::runtime {
namespace {

TEST(Support, WhatIsNotListedIsRefused) {
  EXPECT_EQ(support_of("no_such_directive").support, Support::kRefused);
  EXPECT_EQ(support_of("stream").support, Support::kRefused);
  EXPECT_EQ(support_of("auth_jwt").support, Support::kRefused);
}

TEST(Support, NoNameTwiceAndEveryOmissionHasAReason) {
  std::set<std::string_view> names;
  for (const SupportEntry& entry : all_support_entries()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    const bool omitted = entry.support != Support::kExecuted && entry.support != Support::kRefused;
    EXPECT_EQ(omitted, !entry.reason.empty()) << entry.name;
  }
}

TEST(Support, EveryEntryIsADirectiveThatTheCatalogueKnows) {
  if (all_directives().size() < 400) GTEST_SKIP() << "the catalogue is not complete";
  for (const SupportEntry& entry : all_support_entries()) {
    if (entry.name.ends_with('*')) continue;
    EXPECT_FALSE(find_directives(entry.name).empty()) << entry.name;
  }
}

TEST(Support, ThirdPartyAndCommercialDirectivesAreRefused) {
  for (const DirectiveSpec& spec : all_directives()) {
    if (!spec.is(DirectiveFlag::kThirdParty) && !spec.is(DirectiveFlag::kCommercial)) continue;
    if (find_directives(spec.name).size() > 1) continue;  // also one of nginx's own
    EXPECT_NE(support_of(spec.name).support, Support::kExecuted) << spec.name;
  }
}

constexpr ContextSet kServed = Context::kMain | Context::kEvents | Context::kHttp |
                               Context::kServer | Context::kLocation | Context::kUpstream;

/// `name 1 1;` or `name 1 { }`, in a block where it may stand.
std::string sample(const DirectiveSpec& spec, std::string_view first) {
  std::string text(spec.name);
  for (int i = 0; i < spec.min_args; ++i) text += i == 0 ? " " + std::string(first) : " 1";
  text += spec.is(DirectiveFlag::kBlock) ? " { }" : ";";
  if (spec.allowed_in(Context::kLocation))
    return PlanFixture::server("location / { " + text + " }");
  if (spec.allowed_in(Context::kServer)) return PlanFixture::server(text);
  if (spec.allowed_in(Context::kHttp)) return "events {} http { " + text + " }";
  if (spec.allowed_in(Context::kUpstream)) {
    return "events {} http { upstream u { server 127.0.0.1; " + text + " } }";
  }
  if (spec.allowed_in(Context::kEvents)) return "events { " + text + " }";
  return text + " events {}";
}

bool is_refused(const DirectiveSpec& spec, std::string_view first) {
  const PlanFixture f(sample(spec, first));
  return f.messages().find("not supported by poolproof run: " + std::string(spec.name)) !=
         std::string::npos;
}

TEST(Support, EveryDirectiveIsRefusedOrNotAsItsClassSays) {
  std::size_t refused = 0, taken = 0;
  for (const DirectiveSpec& spec : all_directives()) {
    if ((spec.contexts & kServed) == 0 || !spec.exists_in(kNewestVersion)) continue;
    if (spec.name == "include" || spec.name == "http" || spec.name == "events") continue;
    const SupportEntry& entry = support_of(spec.name);
    switch (entry.support) {
      case Support::kRefused:
        ++refused;
        EXPECT_TRUE(is_refused(spec, "1")) << spec.name;
        break;
      case Support::kOnlyValue:
        EXPECT_TRUE(is_refused(spec, "1")) << spec.name;
        EXPECT_FALSE(is_refused(spec, entry.reason)) << spec.name;
        break;
      default:
        ++taken;
        EXPECT_EQ(support_of(spec.name, "1"), entry.support) << spec.name;
        EXPECT_FALSE(is_refused(spec, "1")) << spec.name;
    }
  }
  EXPECT_GT(refused, 200u);
  EXPECT_GT(taken, 200u);
}

TEST(Support, TheValueThatIsTakenIsTheOneThatNginxHasByDefault) {
  for (const SupportEntry& entry : all_support_entries()) {
    if (entry.support != Support::kOnlyValue) continue;
    for (const DirectiveSpec& spec : find_directives(entry.name)) {
      if ((spec.contexts & kServed) == 0 || spec.is(DirectiveFlag::kThirdParty)) continue;
      EXPECT_EQ(spec.default_value, entry.reason) << entry.name;
    }
  }
}

TEST(Support, AFamilyIsNeverExecutedAsAWhole) {
  for (const SupportEntry& entry : all_support_entries()) {
    if (!entry.name.ends_with('*')) continue;
    EXPECT_EQ(entry.support, Support::kNoOp) << entry.name;
  }
}

TEST(Support, ForegroundIsSaidWhereABackgroundIsAskedFor) {
  EXPECT_EQ(PlanFixture("events {} daemon off;").messages(), "");
  const PlanFixture f("events {} daemon on;");
  EXPECT_NE(f.messages().find("foreground"), std::string::npos) << f.messages();
  EXPECT_NE(f.plan, nullptr);
}

TEST(Support, ASwitchThatIsOffIsHarmless) {
  EXPECT_EQ(support_of("gzip", "off"), Support::kNoOp);
  EXPECT_EQ(support_of("gzip", "on"), Support::kRefused);
}

TEST(Support, RefusalsNameTheDirectiveAndItsPlace) {
  PlanFixture f(
      "events {}\nhttp { server {\n  gzip on;\n  location / { fastcgi_pass 127.0.0.1:1; }\n} }");
  EXPECT_EQ(f.plan, nullptr);
  ASSERT_EQ(f.diagnostics.size(), 2u) << f.messages();
  EXPECT_EQ(f.diagnostics[0].rule, "not-supported");
  EXPECT_EQ(f.diagnostics[0].message, "not supported by poolproof run: gzip");
  EXPECT_EQ(f.bound->sources().position(f.diagnostics[0].span).line, 3u);
  EXPECT_EQ(f.diagnostics[1].message, "not supported by poolproof run: fastcgi_pass");
}

TEST(Support, AllowedAnywayIsAWarningAndTheLocationAnswers502) {
  PlanFixture f(PlanFixture::server("location / { fastcgi_pass 127.0.0.1:1; } gzip on;"),
                kNewestVersion, true);
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.diagnostics.size(), 2u);
  for (const Diagnostic& each : f.diagnostics) EXPECT_EQ(each.severity, Severity::kWarning);
  const Action action = f.get("/");
  EXPECT_EQ(action.kind, ActionKind::kStatus);
  EXPECT_EQ(action.status, 502);
}

TEST(Support, ARefusedBlockIsNamedOnce) {
  PlanFixture f("events {} stream { server { listen 1; proxy_pass 127.0.0.1:1; } }");
  ASSERT_EQ(f.diagnostics.size(), 1u) << f.messages();
  EXPECT_EQ(f.diagnostics[0].message, "not supported by poolproof run: stream");
}

class RefusedDetail : public testing::TestWithParam<std::pair<const char*, const char*>> {};
TEST_P(RefusedDetail, IsNamed) {
  PlanFixture f(std::string("events {} http { ") + GetParam().first + " }");
  EXPECT_EQ(f.plan, nullptr);
  EXPECT_NE(f.messages().find(std::string("not supported by poolproof run: ") + GetParam().second),
            std::string::npos)
      << f.messages();
}
INSTANTIATE_TEST_SUITE_P(
    Details, RefusedDetail,
    testing::Values(
        std::pair{"server { listen 1 ssl; }", "listen ... ssl"},
        std::pair{"server { listen 1 proxy_protocol; }", "listen ... proxy_protocol"},
        std::pair{"server { location / { proxy_pass https://127.0.0.1; } }", "proxy_pass to https"},
        std::pair{"server { location / { proxy_pass https://127.0.0.1:$server_port; } }",
                  "proxy_pass to https"},
        std::pair{"resolver 127.0.0.1; server { location / { proxy_pass http://$host; } }",
                  "resolver"},
        std::pair{"server { listen 1 http2; }", "listen ... http2"},
        std::pair{"server { listen 1 quic; }", "listen ... quic"},
        std::pair{"server { listen 1 multipath; }", "listen ... multipath"},
        std::pair{"server { listen 1 setfib=1; }", "listen ... setfib=1"},
        std::pair{"upstream u { server a.test resolve; }", "server ... resolve"},
        std::pair{"upstream u { server 127.0.0.1 service=x; }", "server ... service=x"},
        std::pair{"upstream u { server 127.0.0.1 route=x; }", "server ... route=x"},
        std::pair{"upstream u { server 127.0.0.1 drain; }", "server ... drain"},
        std::pair{"upstream u { server 127.0.0.1; sticky cookie a; }", "sticky"},
        std::pair{"upstream u { server 127.0.0.1; random two least_time=header; }",
                  "random two least_time=header"},
        std::pair{"server { access_log a.log combined gzip; }", "access_log with gzip"},
        std::pair{"server { access_log $host.log; }", "access_log with variables"},
        std::pair{"server { error_log syslog:server=127.0.0.1; }", "error_log syslog"},
        std::pair{"server { limit_rate 1k; }", "limit_rate"},
        std::pair{"server { proxy_limit_rate 1k; }", "proxy_limit_rate"},
        std::pair{"server { add_trailer a b; }", "add_trailer"},
        std::pair{"server { proxy_pass_trailers on; }", "proxy_pass_trailers"},
        std::pair{"server { location / { proxy_pass http://127.0.0.1; proxy_bind $remote_addr; } }",
                  "proxy_bind with variables"},
        std::pair{"server { location / { proxy_pass http://127.0.0.1; proxy_http_version 2; } }",
                  "proxy_http_version 2"},
        std::pair{"upstream u { server 127.0.0.1 slow_start=3; }", "server ... slow_start=3"},
        std::pair{"server { access_log syslog:server=127.0.0.1; }", "access_log to syslog"},
        std::pair{"geo $x { proxy 10.0.0.1; default 0; }", "proxy in geo"},
        std::pair{"geo $x { 10.0.0.0/8 a; delete 10.0.0.0/8; }", "delete in geo"},
        std::pair{"server { return 200 $realpath_root; }", "variable $realpath_root"}));

}  // namespace
}  // namespace poolproof::runtime
