// nlohmann-json does the writing; this decides the names.
#include "cli/report/json.h"

#include <map>

#include <nlohmann/json.hpp>

#include "cli/report/report.h"

namespace poolproof::cli {
namespace {

nlohmann::json place(const SourceMap& sources, SourceSpan span) {
  if (span.file == FileId::kNone) return {{"file", nullptr}};
  const SourceText& source = sources[span.file];
  const LineColumn begin = source.position(span.begin);
  const LineColumn end = source.position(span.end);
  return {{"file", source.path()},
          {"line", begin.line},
          {"column", begin.column},
          {"end_line", end.line},
          {"end_column", end.column}};
}

nlohmann::json json_of(const Fix& fix, const SourceMap& sources) {
  nlohmann::json edits = nlohmann::json::array();
  for (const TextEdit& edit : fix.edits) {
    nlohmann::json entry = place(sources, edit.span);
    entry["begin_byte"] = edit.span.begin;
    entry["end_byte"] = edit.span.end;
    entry["replacement"] = edit.replacement;
    edits.push_back(std::move(entry));
  }
  return {{"title", fix.title},
          {"applicability", to_string(fix.applicability)},
          {"edits", std::move(edits)}};
}

}  // namespace

nlohmann::json json_of(const Diagnostic& finding, const SourceMap& sources) {
  nlohmann::json value = place(sources, finding.span);
  value["rule"] = finding.rule;
  value["severity"] = to_string(finding.severity);
  value["message"] = finding.message;
  value["versions"] =
      finding.versions.empty() ? nlohmann::json() : nlohmann::json(finding.versions);
  value["notes"] = nlohmann::json::array();
  for (const Note& note : finding.notes) {
    nlohmann::json entry = place(sources, note.span);
    entry["message"] = note.message;
    value["notes"].push_back(std::move(entry));
  }
  value["fix"] = finding.fix ? json_of(*finding.fix, sources) : nlohmann::json();
  return value;
}

nlohmann::json json_of(VersionRange versions) {
  return {{"first", to_string(versions.first)}, {"last", to_string(versions.last)}};
}

std::string json_text(const nlohmann::json& value) {
  return value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string json_report(const LintReport& report, const TextStyle&) {
  nlohmann::json diagnostics = nlohmann::json::array();
  std::map<std::string, std::size_t> statistics;
  for (const Reported& reported : report.findings) {
    nlohmann::json entry = json_of(reported.finding, *reported.sources);
    entry["fingerprint"] = reported.fingerprint;
    diagnostics.push_back(std::move(entry));
    ++statistics[reported.finding.rule];
  }
  const Counts& counts = report.counts;
  return json_text({{"diagnostics", std::move(diagnostics)},
                    {"nginx_versions", json_of(report.versions)},
                    {"statistics", statistics},
                    {"summary",
                     {{"errors", counts.errors},
                      {"warnings", counts.warnings},
                      {"infos", counts.infos},
                      {"safe_fixes", counts.safe_fixes},
                      {"unsafe_fixes", counts.unsafe_fixes},
                      {"suppressed", report.suppressed},
                      {"in_baseline", report.in_baseline},
                      {"stale_baseline", report.stale_baseline},
                      {"files", report.files.size()},
                      {"files_of_other_programs", report.not_nginx}}}});
}

}  // namespace poolproof::cli
