// poolproof lint: says what is wrong with configurations.
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands/command.h"
#include "cli/commands/config_options.h"
#include "cli/inputs.h"
#include "cli/report/json.h"
#include "cli/report/paint.h"
#include "cli/report/text.h"
#include "cli/session.h"
#include "lint/linter.h"

namespace poolproof::cli {
namespace {

struct LintArguments {
  std::vector<std::string> paths;
  ConfigOptions config;
  std::string format = "text";
};

/// Takes findings of several configurations, each of which has sources of its own.
class Collection {
 public:
  void add(const SourceMap& sources, Diagnostic finding) {
    const std::string& path = sources[finding.span.file].path();
    if (!known_.emplace(path, finding.span.begin, finding.rule, finding.message).second) return;
    counts_.add(finding);
    findings_.push_back({&sources, std::move(finding)});
  }

  void add_files(const BoundConfig& config) {
    for (const LoadedFile& file : config.files()) files_.insert(config.sources()[file.id].path());
  }

  struct Entry {
    const SourceMap* sources = nullptr;
    Diagnostic finding;
  };
  const std::vector<Entry>& findings() const { return findings_; }
  const Counts& counts() const { return counts_; }
  std::size_t file_count() const { return files_.size(); }

 private:
  std::vector<Entry> findings_;
  Counts counts_;
  std::set<std::string> files_;
  std::set<std::tuple<std::string, std::uint32_t, std::string, std::string>> known_;
};

Diagnostic about_file(SourceMap& sources, const std::string& path, std::string rule,
                      Severity severity, std::string message) {
  Diagnostic finding;
  finding.rule = std::move(rule);
  finding.severity = severity;
  finding.message = std::move(message);
  finding.span = {sources.add(path, ""), 0, 0};
  return finding;
}

bool is_empty(const BoundConfig& config) {
  return config.files().size() == 1 && !config.root().first_child() && config.diagnostics().empty();
}

class LintCommand {
 public:
  LintCommand(Session& session, const LintArguments& arguments)
      : session_(session), arguments_(arguments) {}

  void run() {
    inputs_ = load_inputs(session_.reader, arguments_.paths, arguments_.config.load());
    for (const UnreadablePath& path : inputs_.unreadable) {
      session_.exit_code = worse(session_.exit_code, ExitCode::kUnusable);
      collection_.add(own_sources_,
                      about_file(own_sources_, path.path, "unreadable-file", Severity::kError,
                                 fmt::format("cannot read this: {}", path.message)));
    }
    for (const EntryPoint& entry : inputs_.entry_points) lint_one(*entry.config);
    const Counts& counts = collection_.counts();
    if (counts.errors + counts.warnings != 0) {
      session_.exit_code = worse(session_.exit_code, ExitCode::kFindings);
    }
    print(stdout, arguments_.format == "json" ? json() : text());
  }

 private:
  void lint_one(const BoundConfig& config) {
    collection_.add_files(config);
    if (is_empty(config)) {
      collection_.add(own_sources_,
                      about_file(own_sources_, config.main_path(), "empty-file", Severity::kInfo,
                                 "the file is empty: it holds no statement (as a fragment that is "
                                 "harmless; nginx does not start with it alone)"));
      return;
    }
    lint::LintResult result = lint::lint(config, arguments_.config.lint());
    suppressed_ += result.suppressed;
    for (Diagnostic& finding : result.diagnostics) {
      if (finding.rule == "include-unreadable") {
        session_.exit_code = worse(session_.exit_code, ExitCode::kUnusable);
      }
      collection_.add(config.sources(), std::move(finding));
    }
  }

  std::string text() const {
    std::string out;
    for (const Collection::Entry& entry : collection_.findings()) {
      out += text_of(entry.finding, *entry.sources, session_.out_style) + "\n";
    }
    out += summary_of(collection_.counts(), collection_.file_count());
    if (suppressed_ != 0) out += fmt::format("; {} silenced by comments", suppressed_);
    if (inputs_.not_nginx != 0) {
      out += fmt::format("; left out {} of other programs", counted(inputs_.not_nginx, "file"));
    }
    return out + "\n";
  }

  std::string json() const {
    nlohmann::json diagnostics = nlohmann::json::array();
    for (const Collection::Entry& entry : collection_.findings()) {
      diagnostics.push_back(json_of(entry.finding, *entry.sources));
    }
    const Counts& counts = collection_.counts();
    return json_text({{"diagnostics", std::move(diagnostics)},
                      {"nginx_versions", json_of(arguments_.config.versions())},
                      {"summary",
                       {{"errors", counts.errors},
                        {"warnings", counts.warnings},
                        {"infos", counts.infos},
                        {"safe_fixes", counts.safe_fixes},
                        {"unsafe_fixes", counts.unsafe_fixes},
                        {"suppressed", suppressed_},
                        {"files", collection_.file_count()},
                        {"files_of_other_programs", inputs_.not_nginx}}}});
  }

  Session& session_;
  const LintArguments& arguments_;
  Inputs inputs_;
  SourceMap own_sources_;  // for findings about a path
  Collection collection_;
  std::size_t suppressed_ = 0;
};

}  // namespace

void add_lint_command(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<LintArguments>();  // lives as long as the callback that has it
  CLI::App* command = app.add_subcommand("lint", "say what is wrong with configurations");
  command->add_option("PATH", arguments->paths, "files, folders, or - for standard input")
      ->required();
  add_load_options(*command, arguments->config);
  add_rule_options(*command, arguments->config);
  add_format_option(*command, arguments->format);
  command->callback([&session, arguments] { LintCommand(session, *arguments).run(); });
}

}  // namespace poolproof::cli
