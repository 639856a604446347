// Checkstyle's XML, which many CI plugins read.
#include <fmt/format.h>

#include "cli/report/by_file.h"
#include "cli/report/report.h"
#include "cli/report/xml.h"

namespace poolproof::cli {

std::string checkstyle_report(const LintReport& report, const TextStyle&) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"8.0\">\n";
  for (const auto& [path, findings] : by_file(report)) {
    out += fmt::format("  <file name=\"{}\">\n", xml_escaped(path));
    for (const Reported* reported : findings) {
      const Diagnostic& finding = reported->finding;
      const LineColumn at = reported->sources->position(finding.span);
      out += fmt::format(
          "    <error line=\"{}\" column=\"{}\" severity=\"{}\" message=\"{}\" "
          "source=\"poolproof.{}\"/>\n",
          at.line, at.column, to_string(finding.severity), xml_escaped(finding.message),
          xml_escaped(finding.rule));
    }
    out += "  </file>\n";
  }
  return out + "</checkstyle>\n";
}

}  // namespace poolproof::cli
