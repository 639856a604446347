// Workflow commands of GitHub Actions: each becomes an annotation of the changed file. GitHub shows
// ten errors, ten warnings and ten notices of a step.
#include <fmt/format.h>

#include "cli/report/paint.h"
#include "cli/report/paths.h"
#include "cli/report/report.h"

namespace poolproof::cli {
namespace {

std::string_view command_of(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kInfo:
      return "notice";
  }
  return "notice";
}

/// What ends a command's text is written as %XX (actions/toolkit, escapeData). Line breaks and
/// other control characters are gone already.
std::string escaped_message(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '%') {
      out += "%25";
    } else {
      out += c;
    }
  }
  return out;
}

/// Of a property also what ends the property (escapeProperty).
std::string escaped_property(std::string_view text) {
  std::string out;
  for (const char c : escaped_message(text)) {
    if (c == ':') {
      out += "%3A";
    } else if (c == ',') {
      out += "%2C";
    } else {
      out += c;
    }
  }
  return out;
}

/// Columns are taken only where the place begins and ends on one line.
std::string place_of(const Reported& reported) {
  const SourceSpan span = reported.finding.span;
  const SourceText& source = (*reported.sources)[span.file];
  const LineColumn begin = source.position(span.begin);
  const LineColumn end = source.position(span.end);
  if (begin.line != end.line) return fmt::format("line={},endLine={}", begin.line, end.line);
  return fmt::format("line={},col={},endLine={},endColumn={}", begin.line, begin.column, end.line,
                     end.column);
}

}  // namespace

std::string github_report(const LintReport& report, const TextStyle&) {
  std::string out;
  for (const Reported& reported : report.findings) {
    const Diagnostic& finding = reported.finding;
    out += fmt::format("::{} file={},{},title={}::{} [{}]\n", command_of(finding.severity),
                       escaped_property(repository_path(report, reported.path())),
                       place_of(reported), escaped_property("poolproof " + finding.rule),
                       escaped_message(finding.message), finding.rule);
  }
  return out;
}

}  // namespace poolproof::cli
