// What one run of lint found, as every report format takes it, and the table of the formats. A
// format is one function in cli/report/<format>.cpp and one line in formats.cpp.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/report/fingerprint.h"
#include "cli/report/text.h"
#include "cli/session.h"
#include "grammar/base/diagnostic.h"
#include "grammar/base/version.h"

namespace poolproof {
class BoundConfig;
}

namespace poolproof::cli {

struct Reported {
  const SourceMap* sources = nullptr;
  /// The configuration that it was found in; null for a finding about a path ("cannot read this").
  const BoundConfig* config = nullptr;
  Diagnostic finding;
  std::string fingerprint = {};  // see fingerprint.h
  /// Whether it makes the run fail: it is at or above the threshold that was asked for.
  bool fails = false;

  const std::string& path() const { return (*sources)[finding.span.file].path(); }
};

/// Sources and configurations are borrowed: they outlive the report.
struct LintReport {
  std::vector<Reported> findings;
  Counts counts;
  std::vector<std::string> files;  // all that were read, as they are shown, sorted
  /// Those of them that an absolute include brought in from outside of what was named, sorted.
  std::vector<std::string> outside;
  VersionRange versions;
  std::size_t suppressed = 0;      // silenced by comments
  std::size_t not_nginx = 0;       // files of other programs that were left out
  std::size_t in_baseline = 0;     // left out because the baseline has them
  std::size_t stale_baseline = 0;  // entries of the baseline that are found no more
  int fingerprint_version = kFingerprintVersion;
  bool complete = true;  // false where something could not be read
  /// Absolute; where relative paths begin.
  std::string working_folder;
  /// Absolute: the checkout's top folder, or the working folder outside of one. CI systems want
  /// paths relative to it.
  std::string root_folder;
};

struct ReportFormat {
  std::string_view name;
  std::string_view summary;  // a few words for --help
  std::string (*write)(const LintReport& report, const TextStyle& style);
};

/// In the order in which help lists them.
std::span<const ReportFormat> report_formats();
const ReportFormat* find_report_format(std::string_view name);

std::string text_report(const LintReport& report, const TextStyle& style);
std::string concise_report(const LintReport& report, const TextStyle& style);
std::string json_report(const LintReport& report, const TextStyle& style);
std::string jsonl_report(const LintReport& report, const TextStyle& style);
std::string sarif_report(const LintReport& report, const TextStyle& style);
std::string github_report(const LintReport& report, const TextStyle& style);
std::string gitlab_report(const LintReport& report, const TextStyle& style);
std::string junit_report(const LintReport& report, const TextStyle& style);
std::string checkstyle_report(const LintReport& report, const TextStyle& style);
std::string rdjson_report(const LintReport& report, const TextStyle& style);

}  // namespace poolproof::cli
