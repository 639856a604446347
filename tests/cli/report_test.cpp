// What several formats share: paths, escapes, fingerprints, and the table of formats.
#include "cli/report/report.h"

#include <gtest/gtest.h>

#include "cli/report/fingerprint.h"
#include "cli/report/paths.h"
#include "cli/report/xml.h"
#include "grammar/config/bound_config.h"

namespace poolproof::cli {
namespace {

LintReport in_folder(const std::string& working_folder, const std::string& root) {
  LintReport report;
  report.working_folder = working_folder;
  report.root_folder = root;
  return report;
}

TEST(ReportFormats, EachHasANameOfItsOwn) {
  for (const ReportFormat& format : report_formats()) {
    EXPECT_EQ(find_report_format(format.name), &format);
    EXPECT_FALSE(format.summary.empty());
  }
  EXPECT_EQ(find_report_format("xml"), nullptr);
}

TEST(RepositoryPath, IsRelativeToTheCheckout) {
  const LintReport report = in_folder("/repo/sub", "/repo");
  EXPECT_EQ(repository_path(report, "a.conf"), "sub/a.conf");
  EXPECT_EQ(repository_path(report, "./x/../a.conf"), "sub/a.conf");
  EXPECT_EQ(repository_path(report, "../a.conf"), "a.conf");
  EXPECT_EQ(repository_path(report, "/repo/a.conf"), "a.conf");
  EXPECT_EQ(repository_path(report, "/etc/nginx.conf"), "/etc/nginx.conf");
  EXPECT_EQ(repository_path(report, "<stdin>"), "<stdin>");
}

TEST(Uri, EncodesWhatIsReserved) {
  EXPECT_EQ(uri_encoded("a b/c%#?é~-_.conf"), "a%20b/c%25%23%3F%C3%A9~-_.conf");
  EXPECT_EQ(file_uri("/a b/"), "file:///a%20b/");
}

TEST(XmlEscaped, MarkupAndWhatXmlCannotHold) {
  EXPECT_EQ(xml_escaped("<a b=\"c\">&amp;'"), "&lt;a b=&quot;c&quot;&gt;&amp;amp;'");
  EXPECT_EQ(xml_escaped("a\tb\nc"), "a b c");
  EXPECT_EQ(xml_escaped(std::string_view("\0\x1b\xff", 3)), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(xml_escaped("\xEF\xBF\xBE\xEF\xBF\xBF"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

class Fingerprint : public testing::Test {
 protected:
  /// Of one finding at the first place where `what` stands.
  static std::string of(const std::string& text, const std::string& what,
                        const std::string& rule = "rule", const std::string& path = "a.conf") {
    MemoryFileReader reader;
    reader.add(path, text);
    const auto config = load_config(reader, path, {});
    LintReport report = in_folder("/w", "/w");
    Diagnostic finding;
    finding.rule = rule;
    const auto begin = static_cast<std::uint32_t>(text.find(what));
    const FileId file = config.value()->files().front().id;
    finding.span = {file, begin, begin + static_cast<std::uint32_t>(what.size())};
    report.findings.push_back({&config.value()->sources(), config.value().get(), finding});
    report.findings.push_back(report.findings.front());
    name_findings(report);
    EXPECT_NE(report.findings[0].fingerprint, report.findings[1].fingerprint);
    return report.findings[0].fingerprint;
  }
};

constexpr const char* kText = "http {\n  server {\n    bogus on;\n  }\n}\n";

TEST_F(Fingerprint, IsTheSameWhereLinesAndBlanksMoved) {
  const std::string before = of(kText, "bogus on;");
  EXPECT_EQ(before.size(), 32u);
  EXPECT_EQ(of("# x\n\nhttp { listen 1;\nserver\n{\n\tbogus   on; } }", "bogus   on;"), before);
  EXPECT_EQ(of("events { a; b {} } http { server { bogus on; } }", "bogus on;"), before);
}

TEST_F(Fingerprint, KnowsRuleFileStatementAndBlocks) {
  const std::string before = of(kText, "bogus on;");
  EXPECT_NE(of(kText, "bogus on;", "other"), before);
  EXPECT_NE(of(kText, "bogus on;", "rule", "b.conf"), before);
  EXPECT_NE(of("http { server { bogus off; } }", "bogus off;"), before);
  EXPECT_NE(of("http { bogus on; }", "bogus on;"), before);
}

TEST_F(Fingerprint, PlacesOutsideOfStatements) {
  EXPECT_EQ(of("a;\n# comment\nb;", "# comment"), of("a; # comment\nc; b;", "# comment"));
  EXPECT_NE(of("a;\n# comment\nb;", "# comment"), of("a;\n# other\nb;", "# other"));
}

}  // namespace
}  // namespace poolproof::cli
