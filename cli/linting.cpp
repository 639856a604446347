// See linting.h.
#include "cli/linting.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "cli/report/fingerprint.h"
#include "cli/report/paths.h"

namespace poolproof::cli {
namespace {

namespace fs = std::filesystem;

bool is_empty(const BoundConfig& config) {
  return config.files().size() == 1 && !config.root().first_child() && config.diagnostics().empty();
}

auto key_of(const Reported& reported) {
  const Diagnostic& finding = reported.finding;
  return std::tie(reported.path(), finding.span.begin, finding.rule, finding.message);
}

std::string current_folder() {
  std::error_code failed;
  const fs::path folder = fs::current_path(failed);
  return failed ? "/" : folder.string();
}

}  // namespace

bool tells_of_unread(std::string_view rule) {
  constexpr std::array<std::string_view, 5> kRules{"syntax-error", "unreadable-file",
                                                   "include-not-found", "include-unreadable",
                                                   "include-cycle"};
  return std::find(kRules.begin(), kRules.end(), rule) != kRules.end();
}

ExitCode exit_code_of(const Diagnostic& finding) {
  return finding.rule == "include-unreadable" ? ExitCode::kUnusable : ExitCode::kFindings;
}

Linting::Linting(Session& session, LintRequest request)
    : request_(std::move(request)), known_([this](std::size_t a, std::size_t b) {
        return key_of(report_.findings[a]) < key_of(report_.findings[b]);
      }) {
  report_.versions = request_.lint.versions;
  report_.working_folder = current_folder();
  report_.root_folder = checkout_of(report_.working_folder);
  inputs_ = load_inputs(session.reader, request_.paths, request_.load);
  report_.not_nginx = inputs_.not_nginx;
  for (const UnreadablePath& path : inputs_.unreadable) {
    report_.complete = false;
    add_about_path(path.path, "unreadable-file", Severity::kError,
                   fmt::format("cannot read this: {}", path.message));
  }
  for (const EntryPoint& entry : inputs_.entry_points) lint_one(*entry.config);
  known_.clear();
  report_.files.assign(files_.begin(), files_.end());
  name_findings(report_);
  compare_with_baseline(session.reader);
  for (const Reported& reported : report_.findings) report_.counts.add(reported.finding);
}

void Linting::lint_one(const BoundConfig& config) {
  for (const LoadedFile& file : config.files()) files_.insert(config.sources()[file.id].path());
  if (is_empty(config)) {
    add_about_path(config.main_path(), "empty-file", Severity::kInfo,
                   "the file is empty: it holds no statement (as a fragment that is harmless; "
                   "nginx does not start with it alone)");
    return;
  }
  lint::LintResult result = lint::lint(config, request_.lint);
  report_.suppressed += result.suppressed;
  for (Diagnostic& finding : result.diagnostics) {
    if (finding.rule == "include-unreadable") report_.complete = false;
    add(config.sources(), &config, std::move(finding));
  }
}

void Linting::add_about_path(const std::string& path, std::string rule, Severity severity,
                             std::string message) {
  Diagnostic finding;
  finding.rule = std::move(rule);
  finding.severity = severity;
  finding.message = std::move(message);
  finding.span = {own_sources_.add(path, ""), 0, 0};
  add(own_sources_, nullptr, std::move(finding));
}

/// A file that several configurations include is reported once.
void Linting::add(const SourceMap& sources, const BoundConfig* config, Diagnostic finding) {
  report_.findings.push_back({&sources, config, std::move(finding)});
  if (!known_.insert(report_.findings.size() - 1).second) {
    report_.findings.pop_back();
    return;
  }
  Reported& added = report_.findings.back();
  const auto wanted = request_.severities.find(added.finding.rule);
  if (wanted != request_.severities.end() && !tells_of_unread(added.finding.rule)) {
    added.finding.severity = wanted->second;
  }
  added.fails = tells_of_unread(added.finding.rule) ||
                (request_.threshold && added.finding.severity <= *request_.threshold);
}

/// An entry about a file that was not part of this run says nothing; one about a file that is gone
/// is stale.
bool Linting::was_looked_at(FileReader& reader, const std::string& file) const {
  const auto is_it = [&](const std::string& path) {
    return repository_path(report_, path) == file;
  };
  if (std::any_of(report_.files.begin(), report_.files.end(), is_it)) return true;
  return !reader.read((fs::path(report_.root_folder) / file).string());
}

Baseline Linting::found() const {
  Baseline out;
  for (const Reported& reported : report_.findings) {
    if (tells_of_unread(reported.finding.rule)) continue;
    out[reported.fingerprint] = {reported.finding.rule, repository_path(report_, reported.path())};
  }
  return out;
}

void Linting::compare_with_baseline(FileReader& reader) {
  if (!request_.baseline) return;
  std::set<std::string> found;
  std::vector<Reported> kept;
  for (Reported& reported : report_.findings) {
    const bool may_be_left = !tells_of_unread(reported.finding.rule);
    if (may_be_left) found.insert(reported.fingerprint);
    if (may_be_left && request_.baseline->contains(reported.fingerprint)) {
      ++report_.in_baseline;
    } else {
      kept.push_back(std::move(reported));
    }
  }
  report_.findings = std::move(kept);
  for (const auto& [name, entry] : *request_.baseline) {
    if (!found.contains(name) && was_looked_at(reader, entry.file)) ++report_.stale_baseline;
  }
}

}  // namespace poolproof::cli
