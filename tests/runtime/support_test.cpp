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
        std::pair{"server { location / { proxy_pass http://127.0.0.1; proxy_http_version 2; } }",
                  "proxy_http_version 2"},
        std::pair{"upstream u { server 127.0.0.1 slow_start=3; }", "server ... slow_start=3"},
        std::pair{"server { access_log syslog:server=127.0.0.1; }", "access_log to syslog"},
        std::pair{"server { return 200 $realpath_root; }", "variable $realpath_root"}));

}  // namespace
}  // namespace poolproof::runtime
