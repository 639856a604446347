// Joining of versions, of files that are included twice, selection of rules, order.
#include "lint/linter.h"

#include <gtest/gtest.h>

#include "lint/rule.h"
#include "tests/lint/lint_text.h"

namespace poolproof::test {
namespace {

const std::string kTutorial =
    "events {}\nhttp {\nupstream app { server 127.0.0.1:9000; keepalive 8; }\n"
    "server { location / {\nproxy_pass http://app;\n} }\n}\n";

lint::LintOptions versions(const char* text) {
  lint::LintOptions options;
  options.versions = *parse_version_range(text);
  options.versions_named = true;
  return options;
}

std::vector<VersionRange> stretches(VersionRange range, const std::string& text = kTutorial) {
  return lint::version_stretches(*lint_files({{"", text}}).config, range);
}

TEST(VersionStretches, are_cut_where_verdicts_change) {
  const auto all = stretches({kOldestVersion, kNewestVersion});
  ASSERT_GE(all.size(), 2u);
  EXPECT_EQ(all.front().first, kOldestVersion);
  EXPECT_EQ(all.back().last, kNewestVersion);
  bool cut = false;
  for (const VersionRange& stretch : all) cut = cut || stretch.first == kPoolByDefault;
  EXPECT_TRUE(cut);
}

TEST(VersionStretches, are_not_cut_for_rules_that_are_not_asked) {
  const VersionRange all{kOldestVersion, kNewestVersion};
  const std::string apache = "# poolproof: backend=httpd\n";
  const std::size_t server = kTutorial.find("server 127");
  EXPECT_LT(stretches(all).size(),
            stretches(all, std::string(kTutorial).insert(server, "\n" + apache)).size());
}

TEST(VersionStretches, keep_a_single_version_whole) {
  for (const Version version : {Version{1, 22, 1}, kPoolByDefault, kNewestVersion}) {
    EXPECT_EQ(stretches({version, version}), (std::vector{VersionRange{version, version}}));
  }
}

TEST(VersionStretches, are_not_cut_by_the_end) {
  EXPECT_EQ(stretches({{1, 18, 0}, {1, 29, 6}}).size(), 1u);
}

TEST(VersionStretches, are_cut_only_for_rules_that_can_find_something) {
  const VersionRange range{{1, 18, 0}, {1, 29, 6}};
  const Version limited_http2{1, 19, 7};  // HTTP/2 follows keepalive_requests from then on
  const auto is_cut = [&](const std::string& text) {
    const auto all = stretches(range, text);
    return std::any_of(all.begin(), all.end(),
                       [&](const VersionRange& one) { return one.first == limited_http2; });
  };
  EXPECT_TRUE(is_cut("events {}\nhttp { keepalive_requests 100; }\n"));
  EXPECT_FALSE(is_cut("events {}\nhttp { sendfile on; }\n"));
}

TEST(Linter, says_which_versions_are_affected) {
  const Linted linted = lint_files({{"", kTutorial}});
  ASSERT_EQ(linted.result.diagnostics.size(), 2u);
  for (const Diagnostic& diagnostic : linted.result.diagnostics) {
    EXPECT_EQ(diagnostic.versions, "before 1.29.7");
    EXPECT_TRUE(diagnostic.message.ends_with(" (nginx before 1.29.7)")) << diagnostic.message;
  }
}

TEST(Linter, says_nothing_of_versions_where_all_are_affected) {
  const Linted linted = lint_files({{"", kTutorial}}, versions("1.18-1.28"));
  ASSERT_EQ(linted.result.diagnostics.size(), 2u);
  EXPECT_EQ(linted.result.diagnostics[0].versions, "");
}

TEST(Linter, is_silent_for_versions_that_are_not_affected) {
  EXPECT_TRUE(lint_files({{"", kTutorial}}, versions("1.29.7-")).result.diagnostics.empty());
}

TEST(Linter, runs_only_what_is_selected) {
  lint::LintOptions options;
  options.select = {"upstream-http-version-not-11"};
  const Linted linted = lint_files({{"", kTutorial}}, options);
  ASSERT_EQ(linted.result.diagnostics.size(), 1u);
  EXPECT_EQ(linted.result.diagnostics[0].rule, "upstream-http-version-not-11");
  EXPECT_EQ(linted.result.count(Severity::kError), 1u);
  EXPECT_EQ(linted.result.count(Severity::kInfo), 0u);
}

TEST(Linter, leaves_out_what_is_ignored_the_grammar_too) {
  lint::LintOptions options;
  options.ignore = {"upstream-http-version-not-11", "syntax-error"};
  const Linted linted = lint_files({{"", kTutorial + "}\n"}}, options);
  ASSERT_EQ(linted.result.diagnostics.size(), 1u);
  EXPECT_EQ(linted.result.diagnostics[0].rule, "connection-header-not-cleared");
}

TEST(Linter, goes_on_after_a_syntax_error) {
  const Linted linted = lint_files({{"", kTutorial + "}\n"}});
  EXPECT_EQ(linted.result.diagnostics.size(), 3u);
  EXPECT_EQ(linted.result.diagnostics.back().rule, "syntax-error");
}

TEST(Linter, reports_a_file_that_is_included_twice_once) {
  const Linted linted = lint_files(
      {{"",
        "events {}\nhttp {\nupstream app { server 127.0.0.1:9000; keepalive 8; }\n"
        "server { location /a { include p.conf; } location /b { include p.conf; } }\n}\n"},
       {"p.conf", "proxy_http_version 1.1;\nproxy_pass http://app;\n"}});
  ASSERT_EQ(linted.result.diagnostics.size(), 1u);
  ASSERT_TRUE(linted.result.diagnostics[0].fix);
  EXPECT_EQ(linted.result.diagnostics[0].fix->applicability, Applicability::kSafe);
}

TEST(Linter, does_not_offer_an_edit_that_not_all_uses_of_a_file_want) {
  const Linted linted =
      lint_files({{"",
                   "events {}\nhttp {\nupstream app { server 127.0.0.1:9000; keepalive 8; }\n"
                   "server { location /a { include p.conf; }\n"
                   "location /b { proxy_set_header Connection close; include p.conf; } }\n}\n"},
                  {"p.conf", "proxy_http_version 1.1;\nproxy_pass http://app;\n"}});
  bool seen = false;
  for (const Diagnostic& diagnostic : linted.result.diagnostics) {
    if (diagnostic.rule != "connection-header-not-cleared") continue;
    seen = true;
    EXPECT_EQ(diagnostic.fix->applicability, Applicability::kDisplayOnly);
  }
  EXPECT_TRUE(seen);
}

TEST(Rules, are_found_by_name_and_complete) {
  ASSERT_GE(lint::all_rules().size(), 18u);
  for (const lint::Rule& rule : lint::all_rules()) {
    EXPECT_EQ(lint::find_rule(rule.name), &rule);
    EXPECT_FALSE(rule.summary.empty());
    EXPECT_NE(rule.check, nullptr);
    EXPECT_TRUE(rule.documentation.starts_with("# " + std::string(rule.name) + "\n")) << rule.name;
  }
  EXPECT_EQ(lint::find_rule("no-such-rule"), nullptr);
}

}  // namespace
}  // namespace poolproof::test
