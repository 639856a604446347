// JUnit's XML as CI systems read it: a file is a test suite, a finding at or above the threshold a
// failed test case, one below it a case that passed and says something.
#include <fmt/format.h>

#include "cli/report/by_file.h"
#include "cli/report/report.h"
#include "cli/report/text.h"
#include "cli/report/xml.h"

namespace poolproof::cli {
namespace {

/// The whole text of the finding, with its source lines, one escaped line for each.
std::string body_of(const Reported& reported) {
  const std::string text = text_of(reported.finding, *reported.sources, TextStyle{});
  std::string out;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out += xml_escaped(std::string_view(text).substr(begin, end - begin)) + "\n";
    begin = end + 1;
  }
  return out;
}

std::string case_of(const Reported& reported) {
  const Diagnostic& finding = reported.finding;
  const LineColumn at = reported.sources->position(finding.span);
  const std::string path = xml_escaped(reported.path());
  std::string out = fmt::format(
      "    <testcase name=\"{}:{}:{}\" classname=\"{}\" file=\"{}\" line=\"{}\" time=\"0\">\n",
      xml_escaped(finding.rule), at.line, at.column, path, path, at.line);
  if (reported.fails) {
    out +=
        fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
                    to_string(finding.severity), xml_escaped(finding.message), body_of(reported));
  } else {
    out += fmt::format("      <system-out>{}</system-out>\n", body_of(reported));
  }
  return out + "    </testcase>\n";
}

struct Suite {
  std::size_t tests = 0, failures = 0;
  std::string cases;
};

Suite suite_of(const std::string& path, const std::vector<const Reported*>& findings) {
  Suite suite;
  for (const Reported* reported : findings) {
    ++suite.tests;
    if (reported->fails) ++suite.failures;
    suite.cases += case_of(*reported);
  }
  if (suite.failures == 0) {
    ++suite.tests;
    suite.cases += fmt::format("    <testcase name=\"no findings\" classname=\"{}\" time=\"0\"/>\n",
                               xml_escaped(path));
  }
  return suite;
}

}  // namespace

std::string junit_report(const LintReport& report, const TextStyle&) {
  std::string suites;
  std::size_t tests = 0, failures = 0;
  for (const auto& [path, findings] : by_file(report)) {
    const Suite suite = suite_of(path, findings);
    tests += suite.tests;
    failures += suite.failures;
    suites += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" "
        "time=\"0\">\n{}  </testsuite>\n",
        xml_escaped(path), suite.tests, suite.failures, suite.cases);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"poolproof\" tests=\"{}\" failures=\"{}\" errors=\"0\" time=\"0\">\n{}"
      "</testsuites>\n",
      tests, failures, suites);
}

}  // namespace poolproof::cli
