// reviewdog's diagnostic format (rdjson). Its columns count bytes, from 1.
#include <nlohmann/json.hpp>

#include "cli/report/json.h"
#include "cli/report/paths.h"
#include "cli/report/report.h"
#include "lint/rule.h"

namespace poolproof::cli {
namespace {

std::string_view severity_of(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "ERROR";
    case Severity::kWarning:
      return "WARNING";
    case Severity::kInfo:
      return "INFO";
  }
  return "INFO";
}

nlohmann::json position(const SourceText& source, std::uint32_t offset) {
  const std::uint32_t line = source.line_number(offset);
  return {{"line", line}, {"column", offset - source.line_begin(line) + 1}};
}

nlohmann::json range(const SourceMap& sources, SourceSpan span) {
  const SourceText& source = sources[span.file];
  return {{"start", position(source, span.begin)}, {"end", position(source, span.end)}};
}

nlohmann::json location(const LintReport& report, const SourceMap& sources, SourceSpan span) {
  return {{"path", repository_path(report, sources[span.file].path())},
          {"range", range(sources, span)}};
}

/// reviewdog applies suggestions to the file of the finding only.
nlohmann::json suggestions(const Reported& reported) {
  nlohmann::json out = nlohmann::json::array();
  const Diagnostic& finding = reported.finding;
  if (!finding.fix || finding.fix->applicability == Applicability::kDisplayOnly) return out;
  if (lint::is_fixed_only_if_named(finding.rule)) return out;
  for (const TextEdit& edit : finding.fix->edits) {
    if (edit.span.file != finding.span.file) return nlohmann::json::array();
    out.push_back({{"range", range(*reported.sources, edit.span)}, {"text", edit.replacement}});
  }
  return out;
}

nlohmann::json diagnostic(const LintReport& report, const Reported& reported) {
  const Diagnostic& finding = reported.finding;
  nlohmann::json value{{"message", finding.message},
                       {"location", location(report, *reported.sources, finding.span)},
                       {"severity", severity_of(finding.severity)},
                       {"code", {{"value", finding.rule}}},
                       {"suggestions", suggestions(reported)}};
  for (const Note& note : finding.notes) {
    if (note.span.file == FileId::kNone) continue;
    value["relatedLocations"].push_back(
        {{"message", note.message}, {"location", location(report, *reported.sources, note.span)}});
  }
  return value;
}

}  // namespace

std::string rdjson_report(const LintReport& report, const TextStyle&) {
  nlohmann::json diagnostics = nlohmann::json::array();
  for (const Reported& reported : report.findings) {
    diagnostics.push_back(diagnostic(report, reported));
  }
  return json_text({{"source", {{"name", "poolproof"}}}, {"diagnostics", std::move(diagnostics)}});
}

}  // namespace poolproof::cli
