// Bytes that are not UTF-8 are told once for each file, and are advice.
#include "lint/encoding.h"

#include <gtest/gtest.h>

#include "tests/lint/lint_text.h"

namespace poolproof::test {
namespace {

std::vector<Diagnostic> found(const std::string& text) {
  return lint_files({{"", text}}).result.diagnostics;
}

TEST(Encoding, Utf8IsSilent) {
  EXPECT_TRUE(found("events {} # é € 😀\nhttp {}\n").empty());
}

TEST(Encoding, OtherBytesAreToldOnce) {
  const auto diagnostics = found("events {} # \xe9\nhttp {} # \xff\xfe\n");
  ASSERT_EQ(diagnostics.size(), 1u);
  EXPECT_EQ(diagnostics[0].rule, lint::kInvalidUtf8);
  EXPECT_EQ(diagnostics[0].severity, Severity::kWarning);
  EXPECT_EQ(diagnostics[0].span.begin, 12u);
  EXPECT_NE(diagnostics[0].message.find("0xe9 is not UTF-8, and 2 more"), std::string::npos);
}

TEST(Encoding, ACutSequenceAtTheEnd) {
  const auto diagnostics = found("events {} # \xe2\x82");
  ASSERT_EQ(diagnostics.size(), 1u);
  EXPECT_EQ(diagnostics[0].span.begin, 12u);
}

TEST(Encoding, ACommentSilencesIt) {
  EXPECT_TRUE(
      found("# poolproof: ignore-file[invalid-utf8] old names\nevents {} # \xe9\n").empty());
}

}  // namespace
}  // namespace poolproof::test
