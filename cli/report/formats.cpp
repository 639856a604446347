// The table of report formats.
#include <algorithm>
#include <array>

#include "cli/report/report.h"

namespace poolproof::cli {
namespace {

constexpr std::array kFormats{
    ReportFormat{"text", "for people: source lines, notes, fixes, a summary", text_report},
    ReportFormat{"concise", "one line per finding, as gcc has them", concise_report},
    ReportFormat{"json", "one JSON object", json_report},
    ReportFormat{"jsonl", "one JSON object per finding and line", jsonl_report},
    ReportFormat{"sarif", "SARIF 2.1.0, for code scanning", sarif_report},
    ReportFormat{"github", "annotations of GitHub Actions", github_report},
    ReportFormat{"gitlab", "GitLab's code quality report", gitlab_report},
    ReportFormat{"junit", "JUnit XML, one test suite per file", junit_report},
    ReportFormat{"checkstyle", "Checkstyle XML", checkstyle_report},
    ReportFormat{"rdjson", "reviewdog's diagnostic format", rdjson_report},
};

}  // namespace

std::span<const ReportFormat> report_formats() {
  return kFormats;
}

const ReportFormat* find_report_format(std::string_view name) {
  const auto at = std::find_if(kFormats.begin(), kFormats.end(),
                               [name](const ReportFormat& format) { return format.name == name; });
  return at == kFormats.end() ? nullptr : &*at;
}

}  // namespace poolproof::cli
