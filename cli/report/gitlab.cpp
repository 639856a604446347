// GitLab's code quality report: an array of findings with fingerprints by which it tells what a
// merge request adds and removes.
#include <nlohmann/json.hpp>

#include "cli/report/json.h"
#include "cli/report/paths.h"
#include "cli/report/report.h"

namespace poolproof::cli {
namespace {

std::string_view severity_of(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "critical";
    case Severity::kWarning:
      return "major";
    case Severity::kInfo:
      return "info";
  }
  return "info";
}

}  // namespace

std::string gitlab_report(const LintReport& report, const TextStyle&) {
  nlohmann::json findings = nlohmann::json::array();
  for (const Reported& reported : report.findings) {
    const Diagnostic& finding = reported.finding;
    const SourceText& source = (*reported.sources)[finding.span.file];
    findings.push_back({{"check_name", finding.rule},
                        {"description", finding.message},
                        {"severity", severity_of(finding.severity)},
                        {"fingerprint", reported.fingerprint},
                        {"location",
                         {{"path", repository_path(report, reported.path())},
                          {"lines",
                           {{"begin", source.line_number(finding.span.begin)},
                            {"end", source.line_number(finding.span.end)}}}}}});
  }
  return json_text(findings);
}

}  // namespace poolproof::cli
