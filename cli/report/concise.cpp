// One line per finding, as gcc writes them: editors and problem matchers know it.
#include <fmt/format.h>

#include "cli/report/paint.h"
#include "cli/report/report.h"

namespace poolproof::cli {

std::string concise_report(const LintReport& report, const TextStyle& style) {
  std::string out;
  for (const Reported& reported : report.findings) {
    const Diagnostic& finding = reported.finding;
    const LineColumn at = reported.sources->position(finding.span);
    out += fmt::format(
        "{} {} {} [{}]\n",
        paint(fmt::format("{}:{}:{}:", printable(reported.path()), at.line, at.column),
              Colour::kBold, style),
        paint(fmt::format("{}:", to_string(finding.severity)), colour_of(finding.severity), style),
        printable(finding.message), finding.rule);
  }
  return out;
}

}  // namespace poolproof::cli
