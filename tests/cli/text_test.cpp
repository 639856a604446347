// Findings as text: whole messages are compared.
#include "cli/report/text.h"

#include <gtest/gtest.h>

#include "cli/report/paint.h"
#include "cli/report/wrap.h"

namespace poolproof::cli {
namespace {

constexpr TextStyle kPlain{};

class TextReport : public testing::Test {
 protected:
  SourceSpan place(std::string_view what) const {
    const auto begin = static_cast<std::uint32_t>(sources_[file_].bytes().find(what));
    return {file_, begin, begin + static_cast<std::uint32_t>(what.size())};
  }
  Diagnostic finding(Severity severity = Severity::kWarning) const {
    Diagnostic finding;
    finding.rule = "keepalive-zero";
    finding.severity = severity;
    finding.message = "the pool is off";
    finding.span = place("keepalive 0;");
    return finding;
  }

  SourceMap sources_;
  FileId file_ = sources_.add("a.conf", "upstream u {\n    keepalive 0;\n}\n");
};

TEST_F(TextReport, PlaceSeverityMessageRuleAndSource) {
  EXPECT_EQ(text_of(finding(), sources_, kPlain),
            "a.conf:2:5: warning: the pool is off [keepalive-zero]\n"
            "  2 |     keepalive 0;\n"
            "    |     ^~~~~~~~~~~~\n");
}

TEST_F(TextReport, NotesHavePlacesOfTheirOwnAndFixesSayHow) {
  Diagnostic both = finding();
  both.notes.push_back({place("upstream"), "in this group"});
  both.notes.push_back({SourceSpan{}, "nginx 1.22 does so too"});
  both.fix = Fix{"remove the line", Applicability::kUnsafe, {}};
  EXPECT_EQ(text_of(both, sources_, kPlain),
            "a.conf:2:5: warning: the pool is off [keepalive-zero]\n"
            "  2 |     keepalive 0;\n"
            "    |     ^~~~~~~~~~~~\n"
            "  note: a.conf:1:1: in this group\n"
            "  1 | upstream u {\n"
            "    | ^~~~~~~~\n"
            "  note: nginx 1.22 does so too\n"
            "  fix: remove the line (poolproof fix --unsafe)\n");
}

TEST_F(TextReport, AFixThatIsOnlyShownNamesNoCommand) {
  Diagnostic shown = finding();
  shown.fix = Fix{"ask the backend's team", Applicability::kDisplayOnly, {}};
  EXPECT_TRUE(text_of(shown, sources_, kPlain).ends_with("  fix: ask the backend's team\n"));
}

TEST_F(TextReport, MessagesCannotSteerTheTerminal) {
  Diagnostic hostile = finding();
  hostile.message =
      "\x1b]0;owned\x07 \xC2\x9B"
      "31m line\nbreak";
  const std::string text = text_of(hostile, sources_, kPlain);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
  EXPECT_EQ(text.find("\xC2\x9B"), std::string::npos);
  EXPECT_NE(text.find("line break"), std::string::npos);
}

TEST_F(TextReport, ColourIsAddedOnlyWhereItIsWanted) {
  EXPECT_NE(text_of(finding(), sources_, TextStyle{true, 100}).find("\x1b[1;33m"),
            std::string::npos);
  EXPECT_EQ(text_of(finding(), sources_, kPlain).find('\x1b'), std::string::npos);
}

TEST_F(TextReport, SummaryCountsWhatIsThereAndWhatCanBeRepaired) {
  Counts counts;
  EXPECT_EQ(summary_of(counts, 1), "no findings in 1 file");
  counts.add(finding(Severity::kInfo));
  EXPECT_EQ(summary_of(counts, 1), "1 info in 1 file");
  Diagnostic safe = finding(Severity::kError);
  safe.fix = Fix{"x", Applicability::kSafe, {}};
  counts.add(safe);
  counts.add(safe);
  EXPECT_EQ(summary_of(counts, 2), "2 errors, 1 info in 2 files; `poolproof fix` repairs 2");
  Diagnostic unsafe = finding();
  unsafe.fix = Fix{"x", Applicability::kUnsafe, {}};
  counts.add(unsafe);
  EXPECT_EQ(
      summary_of(counts, 2),
      "2 errors, 1 warning, 1 info in 2 files; `poolproof fix` repairs 2, 1 more with --unsafe");
}

TEST(SummaryOf, OnlyUnsafeFixes) {
  Diagnostic finding;
  finding.severity = Severity::kWarning;
  finding.fix = Fix{"x", Applicability::kUnsafe, {}};
  Counts counts;
  counts.add(finding);
  EXPECT_EQ(summary_of(counts, 1), "1 warning in 1 file; `poolproof fix --unsafe` repairs 1");
}

TEST(Wrapped, BreaksAtBlanksAndKeepsLongWords) {
  EXPECT_EQ(wrapped("aa bb cc", 6, " "), " aa bb\n cc\n");
  EXPECT_EQ(wrapped("a incomprehensible b", 6, ""), "a\nincomprehensible\nb\n");
  EXPECT_EQ(wrapped("", 6, ""), "");
}

TEST(PaintDiff, ColoursLinesByTheirFirstCharacter) {
  const std::string patch = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n same\n";
  EXPECT_EQ(paint_diff(patch, kPlain), patch);
  const std::string painted = paint_diff(patch, TextStyle{true, 80});
  EXPECT_NE(painted.find("\x1b[31m-old\x1b[0m\n"), std::string::npos);
  EXPECT_NE(painted.find("\x1b[32m+new\x1b[0m\n"), std::string::npos);
  EXPECT_NE(painted.find("\n same\n"), std::string::npos);
}

}  // namespace
}  // namespace poolproof::cli
