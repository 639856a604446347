// The work of `poolproof lint`: loads what the command line names, lints each configuration, joins
// the findings and applies what the user decided about them. Prints nothing.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/baseline.h"
#include "cli/inputs.h"
#include "cli/report/report.h"
#include "cli/session.h"
#include "lint/linter.h"

namespace poolproof::cli {

/// Whether findings of this rule say that a part of the configuration was not read. They are never
/// hidden and never harmless: what was not read may hold anything.
bool tells_of_unread(std::string_view rule);

/// Takes out what the baseline has; of one configuration by itself.
void leave_out_known(const ReadBaseline& baseline, const BoundConfig& config,
                     std::vector<Diagnostic>& findings);

struct LintRequest {
  std::vector<std::string> paths;
  LoadOptions load;
  lint::LintOptions lint;
  std::map<std::string, Severity> severities;  // by rule, instead of the rule's own
  /// Findings from this severity on fail; none: only what tells of something unread.
  std::optional<Severity> threshold = Severity::kWarning;
  std::optional<ReadBaseline> baseline;
};

/// One run. The report points into it.
class Linting {
 public:
  Linting(Session& session, LintRequest request);
  Linting(const Linting&) = delete;
  Linting& operator=(const Linting&) = delete;

  const LintReport& report() const { return report_; }
  /// What a baseline of this run would be: for one that was given none.
  Baseline found() const;

 private:
  void lint_one(const BoundConfig& config);
  void add_about_path(const std::string& path, std::string rule, Severity severity,
                      std::string message);
  void add(const SourceMap& sources, const BoundConfig* config, Diagnostic finding);
  void compare_with_baseline(FileReader& reader);
  void note_outside(FileReader& reader, const EntryPoint& entry);
  bool was_looked_at(FileReader& reader, const std::string& file) const;

  LintRequest request_;
  Inputs inputs_;
  SourceMap own_sources_;  // for findings about a path
  LintReport report_;
  /// Findings by their indexes, for they stand where they are and may be very many.
  std::set<std::size_t, std::function<bool(std::size_t, std::size_t)>> known_;
  std::set<std::string> files_, outside_;
};

}  // namespace poolproof::cli
