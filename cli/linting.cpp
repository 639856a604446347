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

bool lies_below(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
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

void leave_out_known(const ReadBaseline& baseline, const BoundConfig& config,
                     std::vector<Diagnostic>& findings) {
  LintReport report;
  report.working_folder = current_folder();
  report.root_folder = checkout_of(report.working_folder);
  report.fingerprint_version = baseline.version;
  for (const Diagnostic& finding : findings) {
    report.findings.push_back({&config.sources(), &config, finding});
  }
  name_findings(report);
  std::size_t index = 0;
  std::erase_if(findings, [&](const Diagnostic& finding) {
    const std::string& name = report.findings[index++].fingerprint;
    return !tells_of_unread(finding.rule) && baseline.entries.contains(name);
  });
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
  for (const EntryPoint& entry : inputs_.entry_points) {
    lint_one(*entry.config);
    if (!entry.is_dump) note_outside(session.reader, entry);
  }
  report_.outside.assign(outside_.begin(), outside_.end());
  known_.clear();
  report_.files.assign(files_.begin(), files_.end());
  if (request_.baseline) report_.fingerprint_version = request_.baseline->version;
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

/// `include /etc/nginx/mime.types` of a copy reads this machine's file, which may be another.
void Linting::note_outside(FileReader& reader, const EntryPoint& entry) {
  std::vector<fs::path> named;
  const auto add_folder = [&](const std::string& path, bool is_folder) {
    const fs::path real = reader.canonical(path);
    named.push_back(is_folder ? real : real.parent_path());
  };
  for (const std::string& path : request_.paths) add_folder(path, reader.is_directory(path));
  for (const auto& [from, to] : request_.load.path_map) add_folder(to, true);
  if (!request_.load.prefix.empty()) add_folder(request_.load.prefix, true);
  const BoundConfig& config = *entry.config;
  for (const LoadedFile& file : config.files()) {
    const std::string& path = config.sources()[file.id].path();
    if (!path.starts_with('/') || file.times_included == 0) continue;
    const fs::path real = reader.canonical(path);
    const bool is_inside = std::any_of(named.begin(), named.end(), [&](const fs::path& folder) {
      return lies_below(path, folder) || lies_below(real, folder);
    });
    const bool is_on_machine = std::any_of(named.begin(), named.end(), [](const fs::path& folder) {
      return folder.string().starts_with("/etc/");
    });
    if (!is_inside && !is_on_machine) outside_.insert(path);
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
  const Baseline& entries = request_.baseline->entries;
  std::set<std::string> found;
  std::vector<Reported> kept;
  for (Reported& reported : report_.findings) {
    const bool may_be_left = !tells_of_unread(reported.finding.rule);
    if (may_be_left) found.insert(reported.fingerprint);
    if (may_be_left && entries.contains(reported.fingerprint)) {
      ++report_.in_baseline;
    } else {
      kept.push_back(std::move(reported));
    }
  }
  report_.findings = std::move(kept);
  for (const auto& [name, entry] : entries) {
    if (!found.contains(name) && was_looked_at(reader, entry.file)) ++report_.stale_baseline;
  }
}

}  // namespace poolproof::cli
