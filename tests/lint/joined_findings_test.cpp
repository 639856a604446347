// Findings at one place that differ only in the upstream are one, and places related to one finding
// are all told.
#include "lint/joined_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lint/lint_text.h"

namespace poolproof::lint {
namespace {

using ::testing::ElementsAre;

Diagnostic finding_of(const std::string& message, std::uint32_t begin = 0) {
  Diagnostic out;
  out.rule = "a-rule";
  out.span = {FileId{0}, begin, begin + 1};
  out.message = message;
  return out;
}

std::vector<std::string> joined(std::vector<Diagnostic> findings) {
  join_findings(findings);
  std::vector<std::string> out;
  for (const Diagnostic& finding : findings) out.push_back(finding.message);
  return out;
}

TEST(JoinedFindings, NameTwoUpstreamsAndCountTheRest) {
  EXPECT_THAT(joined({finding_of("the pool of upstream `a` is idle"),
                      finding_of("the pool of upstream `b` is idle")}),
              ElementsAre("the pool of upstreams `a` and `b` is idle"));
  EXPECT_THAT(joined({finding_of("upstream `t1` x"), finding_of("upstream `t10` x"),
                      finding_of("upstream `t2` x"), finding_of("upstream `t3` x")}),
              ElementsAre("upstreams `t1`, `t2` and 2 others x"));
}

TEST(JoinedFindings, LeaveApartWhatDiffersOtherwise) {
  EXPECT_THAT(joined({finding_of("upstream `a` x"), finding_of("upstream `b` y")}),
              ElementsAre("upstream `a` x", "upstream `b` y"));
  EXPECT_THAT(joined({finding_of("upstream `a` x"), finding_of("upstream `b` x", 5)}),
              ElementsAre("upstream `a` x", "upstream `b` x"));
  EXPECT_THAT(joined({finding_of("no name"), finding_of("no name")}),
              ElementsAre("no name", "no name"));
  Diagnostic graver = finding_of("upstream `b` x");
  graver.severity = Severity::kInfo;
  EXPECT_THAT(joined({finding_of("upstream `a` x"), graver}),
              ElementsAre("upstream `a` x", "upstream `b` x"));
}

TEST(JoinedFindings, HaveTheEditsOfAllOnce) {
  Diagnostic a = finding_of("upstream `a` x"), b = finding_of("upstream `b` x");
  const TextEdit shared{{FileId{0}, 1, 1}, "s"}, other{{FileId{0}, 2, 2}, "o"};
  a.fix = Fix{"t", Applicability::kSafe, {shared}};
  b.fix = Fix{"t", Applicability::kUnsafe, {shared, other}};
  std::vector<Diagnostic> findings{a, b};
  join_findings(findings);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_THAT(findings[0].fix->edits, ElementsAre(shared, other));
  EXPECT_EQ(findings[0].fix->applicability, Applicability::kUnsafe);
}

TEST(JoinedFindings, TellWhichLocationsASharedFileIsWrongFor) {
  const test::Linted linted =
      test::lint_files({{"",
                         "events {}\nhttp { upstream app { server 127.0.0.1:9000; keepalive 8; }\n"
                         "proxy_http_version 1.1; proxy_set_header Connection '';\nserver {\n"
                         "location /a { include h.conf; proxy_pass http://app; }\n"
                         "location /b { include h.conf; proxy_pass http://app; } } }\n"},
                        {"h.conf", "proxy_set_header Host $host;\n"}},
                       {.versions = {{1, 22, 1}, {1, 22, 1}}});
  ASSERT_EQ(linted.result.diagnostics.size(), 1u);
  std::vector<std::string> places;
  for (const Note& note : linted.result.diagnostics[0].notes) {
    places.push_back(linted.config->sources().describe(note.span));
  }
  EXPECT_THAT(places, ElementsAre("/etc/nginx/nginx.conf:3", "/etc/nginx/nginx.conf:5",
                                  "/etc/nginx/nginx.conf:6"));
}

TEST(JoinedFindings, LeaveFilesOfTheMachineToTheirOwner) {
  MemoryFileReader reader;
  reader.add("/srv/app/conf/nginx.conf",
             "events {}\nhttp { upstream app { server 127.0.0.1:9000; keepalive 8; }\n"
             "server { location / { include /etc/own/close.conf; proxy_pass http://app; } } }\n");
  reader.add("/etc/own/close.conf",
             "proxy_http_version 1.1;\nproxy_set_header Connection close;\n"
             "proxy_set_header Host $host;\n");
  FixOptions options;
  options.unsafe = true;
  const FixResult fixed =
      std::move(fix_config(reader, "/srv/app/conf/nginx.conf", options)).value();
  EXPECT_TRUE(fixed.files.empty());
}

}  // namespace
}  // namespace poolproof::lint
