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

TEST(Suppressions, of_what_hides_the_rest_do_not_count) {
  const Linted linted =
      lint_files({{"", "# poolproof: ignore-file[syntax-error] known\nevents {\n"}});
  EXPECT_FALSE(linted.result.diagnostics.empty());
  EXPECT_EQ(linted.result.suppressed, 0u);
}

TEST(Suppressions, that_are_overruled_for_a_file_are_not_unused) {
  lint::LintOptions options;
  options.is_ignored = [](std::string_view, std::string_view rule) {
    return rule == "unused-upstream";
  };
  const Linted linted =
      lint_files({{"", unused("# poolproof: ignore[unused-upstream] spare")}}, options);
  EXPECT_TRUE(linted.result.diagnostics.empty());
}

std::string complaint_about(const std::string& name) {
  const Linted linted =
      lint_files({{"", "events {} # poolproof: ignore[" + name + "] reason\nhttp {}\n"}});
  const auto& found = linted.result.diagnostics;
  return found.size() == 1 ? found[0].message + (found[0].fix ? " FIX" : "") : "not one";
}

TEST(Suppressions, of_what_is_no_rule_say_so) {
  EXPECT_EQ(complaint_about("nope"),
            "this comment silences nothing: there is no rule `nope`; `poolproof rules` lists them");
  EXPECT_EQ(complaint_about("keepalive-zro"),
            "this comment silences nothing: there is no rule `keepalive-zro`; did you mean "
            "`keepalive-zero`?");
  EXPECT_EQ(complaint_about("unknown-directve"),
            "this comment silences nothing: there is no rule `unknown-directve`; did you mean "
            "`unknown-directive`?");
  EXPECT_EQ(complaint_about("unknown-directive"),
            "nothing to ignore: `unknown-directive` finds nothing here (any more); remove this "
            "comment FIX");
}

/// The text after the fix of the only finding.
std::string repaired(const std::string& text) {
  const Linted linted = lint_files({{"", text}});
  const auto& found = linted.result.diagnostics;
  if (found.size() != 1 || !found[0].fix || found[0].fix->edits.size() != 1) return "not one fix";
  const TextEdit& edit = found[0].fix->edits[0];
  return std::string(text).replace(edit.span.begin, edit.span.end - edit.span.begin,
                                   edit.replacement);
}

TEST(Suppressions, that_are_unused_are_taken_away) {
  const std::string rest = "events {}\nhttp {}\n";
  EXPECT_EQ(repaired("# poolproof: ignore-file[keepalive-zero] x\n" + rest), rest);
  EXPECT_EQ(repaired("  # poolproof: ignore[keepalive-zero] x\r\n" + rest), rest);
  EXPECT_EQ(repaired("events {} # poolproof: ignore[keepalive-zero] x\nhttp {}\n"), rest);
  EXPECT_EQ(repaired("events {}\nhttp {}\n# poolproof: ignore[keepalive-zero] x"), rest);
  EXPECT_EQ(repaired(unused("# poolproof: ignore[unused-upstream, keepalive-zero] x")),
            unused("# poolproof: ignore[unused-upstream] x"));
  EXPECT_EQ(repaired(unused("# poolproof: ignore[ keepalive-zero , unused-upstream ] x")),
            unused("# poolproof: ignore[ unused-upstream ] x"));
}

}  // namespace
}  // namespace poolproof::test
