// SARIF 2.1.0 (OASIS), as code scanning and editors read it. Columns count code points; paths are
// relative to SRCROOT, which is the checkout.
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/report/json.h"
#include "cli/report/paths.h"
#include "cli/report/report.h"
#include "lint/built_in_findings.h"
#include "lint/rule.h"

namespace poolproof::cli {
namespace {

using nlohmann::json;

constexpr const char* kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

std::string_view level_of(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kInfo:
      return "note";
  }
  return "note";
}

class Sarif {
 public:
  explicit Sarif(const LintReport& report) : report_(report) {}

  json document() {
    json results = json::array();
    for (const Reported& reported : report_.findings) results.push_back(result(reported));
    json driver{{"name", "poolproof"},
                {"version", POOLPROOF_VERSION},
                {"semanticVersion", POOLPROOF_VERSION},
                {"rules", std::move(rules_)}};
    json run{{"tool", {{"driver", std::move(driver)}}},
             {"invocations", json::array({{{"executionSuccessful", report_.complete}}})},
             {"columnKind", "unicodeCodePoints"},
             {"originalUriBaseIds", {{"SRCROOT", {{"uri", folder_uri(report_.root_folder)}}}}},
             {"results", std::move(results)}};
    return {{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", json::array({std::move(run)})}};
  }

 private:
  static std::string folder_uri(const std::string& folder) {
    return file_uri(folder.ends_with('/') ? folder : folder + "/");
  }

  /// Index of the rule in the table of those that were found.
  std::size_t rule_index(const Diagnostic& finding) {
    const auto [at, is_new] = rule_indices_.try_emplace(finding.rule, rules_.size());
    if (is_new) rules_.push_back(rule_of(finding));
    return at->second;
  }

  static json rule_of(const Diagnostic& finding) {
    json value{{"id", finding.rule}};
    if (const lint::Rule* rule = lint::find_rule(finding.rule)) {
      value["shortDescription"] = value["fullDescription"] = {{"text", rule->summary}};
      value["help"] = {{"text", rule->documentation}, {"markdown", rule->documentation}};
      value["defaultConfiguration"] = {{"level", level_of(rule->severity)}};
    } else {
      const lint::BuiltInFinding* known = lint::find_built_in_finding(finding.rule);
      const std::string_view summary = known != nullptr ? known->summary : finding.rule;
      value["shortDescription"] = value["fullDescription"] = {{"text", summary}};
      value["help"] = {{"text", summary}, {"markdown", summary}};
      value["defaultConfiguration"] = {{"level", level_of(finding.severity)}};
    }
    return value;
  }

  json artifact(const std::string& path) const {
    const std::string inside = repository_path(report_, path);
    if (inside.starts_with('/')) return {{"uri", file_uri(inside)}};
    return {{"uri", uri_encoded(inside)}, {"uriBaseId", "SRCROOT"}};
  }

  static json region(const SourceText& source, SourceSpan span) {
    const LineColumn begin = source.position(span.begin);
    const LineColumn end = source.position(span.end);
    return {{"startLine", begin.line},
            {"startColumn", begin.column},
            {"endLine", end.line},
            {"endColumn", end.column}};
  }

  json location(const SourceMap& sources, SourceSpan span) const {
    const SourceText& source = sources[span.file];
    json physical{{"artifactLocation", artifact(source.path())}};
    if (source.size() != 0) physical["region"] = region(source, span);
    return {{"physicalLocation", std::move(physical)}};
  }

  json related(const Reported& reported) const {
    json out = json::array();
    for (const Note& note : reported.finding.notes) {
      json entry =
          note.span.file == FileId::kNone ? json::object() : location(*reported.sources, note.span);
      entry["id"] = out.size();
      entry["message"] = {{"text", note.message}};
      out.push_back(std::move(entry));
    }
    return out;
  }

  json fix_of(const Reported& reported, const Fix& fix) const {
    std::map<FileId, json> changes;
    for (const TextEdit& edit : fix.edits) {
      const SourceText& source = (*reported.sources)[edit.span.file];
      json& change = changes[edit.span.file];
      change["artifactLocation"] = artifact(source.path());
      change["replacements"].push_back({{"deletedRegion", region(source, edit.span)},
                                        {"insertedContent", {{"text", edit.replacement}}}});
    }
    json all = json::array();
    for (auto& [file, change] : changes) all.push_back(std::move(change));
    return {{"description", {{"text", fix.title}}},
            {"artifactChanges", std::move(all)},
            {"properties", {{"applicability", to_string(fix.applicability)}}}};
  }

  json result(const Reported& reported) {
    const Diagnostic& finding = reported.finding;
    json value{
        {"ruleId", finding.rule},
        {"ruleIndex", rule_index(finding)},
        {"level", level_of(finding.severity)},
        {"message", {{"text", finding.message}}},
        {"locations", json::array({location(*reported.sources, finding.span)})},
        {"partialFingerprints",
         {{fmt::format("poolproof/v{}", report_.fingerprint_version), reported.fingerprint}}}};
    if (!finding.notes.empty()) value["relatedLocations"] = related(reported);
    if (!finding.versions.empty()) value["properties"] = {{"nginxVersions", finding.versions}};
    if (finding.fix && !finding.fix->edits.empty()) {
      value["fixes"] = json::array({fix_of(reported, *finding.fix)});
    }
    return value;
  }

  const LintReport& report_;
  json rules_ = json::array();
  std::map<std::string, std::size_t> rule_indices_;
};

}  // namespace

std::string sarif_report(const LintReport& report, const TextStyle&) {
  return json_text(Sarif(report).document());
}

}  // namespace poolproof::cli
