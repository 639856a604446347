// What a comment silences, and what is said of comments that silence nothing.
#include "lint/suppression.h"

#include <gtest/gtest.h>

#include "tests/lint/lint_text.h"

namespace poolproof::test {
namespace {

/// An unused upstream at line 4, with `above` as line 3 and `behind` at the end of line 4.
std::string unused(const std::string& above, const std::string& behind = "",
                   const std::string& first = "") {
  return "events {}" + first + "\nhttp {\n" + above + "\nupstream app { server 127.0.0.1:9000; }" +
         behind + "\nserver { listen 8080; return 204; }\n}\n";
}

struct Example {
  const char* name;
  std::string text;
  std::vector<std::string> rules;  // what is still reported
};

class Comments : public testing::TestWithParam<Example> {};

TEST_P(Comments, silence) {
  std::vector<std::string> rules;
  for (const Diagnostic& one : lint_files({{"", GetParam().text}}).result.diagnostics)
    rules.push_back(one.rule);
  EXPECT_EQ(rules, GetParam().rules);
}

INSTANTIATE_TEST_SUITE_P(
    All, Comments,
    testing::Values(
        Example{"none", unused(""), {"unused-upstream"}},
        Example{"next_line", unused("# poolproof: ignore[unused-upstream] spare"), {}},
        Example{"same_line", unused("", " # poolproof: ignore[unused-upstream] spare"), {}},
        Example{
            "whole_file", unused("", "", " # poolproof: ignore-file[unused-upstream] spare"), {}},
        Example{"list",
                unused("# poolproof: ignore[typography-in-config, unused-upstream] spare"),
                {"unused-suppression"}},
        Example{"other_rule",
                unused("# poolproof: ignore[keepalive-zero] spare"),
                {"unused-suppression", "unused-upstream"}},
        Example{"no_reason",
                unused("# poolproof: ignore[unused-upstream]"),
                {"unused-suppression", "unused-upstream"}},
        Example{"no_rule",
                unused("# poolproof: ignore spare"),
                {"unused-suppression", "unused-upstream"}},
        Example{"empty_list",
                unused("# poolproof: ignore[ ] spare"),
                {"unused-suppression", "unused-upstream"}},
        Example{"another_word",
                unused("# poolproof: forget it"),
                {"unused-suppression", "unused-upstream"}},
        Example{"not_for_us",
                unused("# about poolproof: ignore[unused-upstream]"),
                {"unused-upstream"}},
        Example{"enclosing_block",
                "# poolproof: ignore[unused-upstream] spare\nhttp {\nupstream app { server "
                "127.0.0.1:1; }\n"
                "server { listen 8080; return 204; }\n}\nevents {}\n",
                {}}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Suppressions, are_counted) {
  EXPECT_EQ(
      lint_files({{"", unused("# poolproof: ignore[unused-upstream] spare")}}).result.suppressed,
      1u);
}

TEST(Suppressions, of_rules_that_did_not_run_are_not_complained_about) {
  lint::LintOptions options;
  options.ignore = {"keepalive-zero"};
  const Linted linted =
      lint_files({{"", unused("# poolproof: ignore[keepalive-zero] spare")}}, options);
  ASSERT_EQ(linted.result.diagnostics.size(), 1u);
  EXPECT_EQ(linted.result.diagnostics[0].rule, "unused-upstream");
}

}  // namespace
}  // namespace poolproof::test
