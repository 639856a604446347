// poolproof lint: says what is wrong with configurations.
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/baseline.h"
#include "cli/commands/command.h"
#include "cli/commands/config_options.h"
#include "cli/linting.h"
#include "cli/report/report.h"
#include "cli/report/text.h"
#include "cli/session.h"

namespace poolproof::cli {
namespace {

struct LintArguments {
  std::vector<std::string> paths;
  ConfigOptions config;
  std::string output, write_baseline;
  bool quiet = false;
  bool statistics = false;
};

std::string format_help() {
  std::string out = "form of the report:";
  for (const ReportFormat& format : report_formats()) {
    out += fmt::format("{} {} ({})", &format == report_formats().data() ? "" : ",", format.name,
                       format.summary);
  }
  return out;
}

bool is_for_people(std::string_view format) {
  return format == "text" || format == "concise";
}

/// How often each rule was found, the most frequent first.
std::string statistics_of(const LintReport& report) {
  std::map<std::string, std::size_t> counts;
  for (const Reported& reported : report.findings) ++counts[reported.finding.rule];
  std::vector<std::pair<std::size_t, std::string>> rows;
  for (const auto& [rule, count] : counts) rows.emplace_back(count, rule);
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  std::string out;
  for (const auto& [count, rule] : rows) out += fmt::format("{:>6}  {}\n", count, rule);
  return out;
}

class LintCommand {
 public:
  LintCommand(Session& session, LintArguments& arguments)
      : session_(session), arguments_(arguments) {}

  void run() {
    if (!read_config_file(session_, arguments_.config, arguments_.paths)) return;
    LintRequest request;
    request.paths = arguments_.paths;
    request.load = arguments_.config.load();
    request.lint = arguments_.config.lint();
    request.severities = arguments_.config.severities();
    request.threshold = arguments_.config.threshold();
    const bool compares = arguments_.write_baseline.empty();
    if (compares && !read_baseline(session_, arguments_.config, request.baseline)) return;
    const Linting linting(session_, std::move(request));
    if (!arguments_.write_baseline.empty()) {
      write_baseline(linting);
    } else {
      tell(linting.report());
      session_.exit_code = worse(session_.exit_code, judge(linting.report()));
    }
  }

 private:
  void fail(std::string_view message) {
    session_.exit_code = ExitCode::kUnusable;
    complain(session_, message);
  }

  bool write_file(const std::string& path, std::string_view text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    if (file) return true;
    fail(fmt::format("{}: cannot write this", path));
    return false;
  }

  /// What could not be read is in no baseline, and is told here.
  void write_baseline(const Linting& linting) {
    const Baseline found = linting.found();
    if (!write_file(arguments_.write_baseline, baseline_text(found))) return;
    print(stderr, fmt::format("wrote {} to {}\n", counted(found.size(), "finding"),
                              printable(arguments_.write_baseline)));
    for (const Reported& reported : linting.report().findings) {
      if (!tells_of_unread(reported.finding.rule)) continue;
      print(stderr, text_of(reported.finding, *reported.sources, session_.err_style));
      session_.exit_code = worse(session_.exit_code, ExitCode::kFindings);
    }
    if (!linting.report().complete) session_.exit_code = ExitCode::kUnusable;
  }

  void tell(const LintReport& report) {
    const std::string& name = arguments_.config.format;
    const bool to_file = !arguments_.output.empty();
    TextStyle style = to_file ? TextStyle{} : session_.out_style;
    style.summary = !arguments_.quiet;
    std::string text = find_report_format(name)->write(report, style);
    const std::string statistics = arguments_.statistics ? statistics_of(report) : "";
    if (is_for_people(name)) text += statistics;
    if (!to_file) {
      print(stdout, text);
    } else if (write_file(arguments_.output, text) && !arguments_.quiet) {
      print(stderr,
            fmt::format("{} (written to {})\n", summary_of(report.counts, report.files.size()),
                        printable(arguments_.output)));
    }
    if (!is_for_people(name)) print(stderr, statistics);
  }

  static ExitCode judge(const LintReport& report) {
    if (!report.complete) return ExitCode::kUnusable;
    const bool fails = std::any_of(report.findings.begin(), report.findings.end(),
                                   [](const Reported& reported) { return reported.fails; });
    return fails ? ExitCode::kFindings : ExitCode::kClean;
  }

  Session& session_;
  LintArguments& arguments_;
};

void add_report_options(CLI::App& command, LintArguments& arguments) {
  command.add_option("--format", arguments.config.format, format_help())
      ->check(CLI::Validator(check_report_format, "FORMAT"));
  command.add_option("-o,--output", arguments.output, "write the report to this file")
      ->type_name("FILE");
  command.add_flag("-q,--quiet", arguments.quiet, "no summary");
  command.add_flag("--statistics", arguments.statistics, "say how often each rule was found");
  command
      .add_option("--fail-on", arguments.config.fail_on,
                  "exit with 1 from this severity on: error, warning (default), info, never")
      ->check(CLI::Validator(check_fail_on, "SEVERITY"));
  add_baseline_option(command, arguments.config);
  command
      .add_option("--write-baseline", arguments.write_baseline,
                  "write all findings to this file, for --baseline")
      ->type_name("FILE");
}

}  // namespace

void add_lint_command(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<LintArguments>();  // lives as long as the callback that has it
  CLI::App* command = app.add_subcommand("lint", "say what is wrong with configurations");
  command->add_option("PATH", arguments->paths, "files, folders, or - for standard input")
      ->required();
  add_load_options(*command, arguments->config);
  add_rule_options(*command, arguments->config);
  add_told_options(*command, arguments->config);
  add_upgrade_option(*command, arguments->config);
  add_severity_option(*command, arguments->config);
  add_config_file_options(*command, arguments->config);
  add_report_options(*command, *arguments);
  command->callback([&session, arguments] { LintCommand(session, *arguments).run(); });
}

}  // namespace poolproof::cli
