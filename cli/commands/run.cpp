// poolproof run: checks a configuration as nginx and lint do, then serves it. Takes nginx's own
// flags.
#include <algorithm>
#include <memory>
#include <thread>

#include <unistd.h>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands/command.h"
#include "cli/commands/run_options.h"
#include "cli/report/text.h"
#include "cli/session.h"
#include "grammar/config/effective_config.h"
#include "lint/linter.h"
#include "lint/rule.h"
#include "runtime/net/system_resolver.h"
#include "runtime/plan.h"
#include "runtime/server.h"

namespace poolproof::cli {
namespace {

std::string host_name() {
  char name[256] = {};
  ::gethostname(name, sizeof name - 1);
  std::string text = name;
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

class RunCommand {
 public:
  RunCommand(Session& session, const RunOptions& options) : session_(session), options_(options) {}

  void run() {
    if (!load() || !check() || !plan()) return;
    if (options_.test_only) {
      test();
    } else {
      serve();
    }
  }

 private:
  bool load() {
    auto bound = load_config(session_.reader, options_.main_file(), options_.load());
    if (!bound) {
      complain(session_, fmt::format("{}: cannot read this: {}", options_.main_file(),
                                     bound.error().message));
      session_.exit_code = ExitCode::kUnusable;
      return false;
    }
    bound_ = std::move(bound).value();
    config_ = merge(*bound_, options_.version());
    // What is wrong is told as it was written, without the log added behind it.
    const bool wrong = !bound_->diagnostics().empty();
    return !wrong && config_->main().own("error_log").empty() ? load_with_error_log() : true;
  }

  /// -e names the log that is used where the configuration names none (nginx 1.22.1,
  /// ngx_log_open_default); without it that is standard error.
  bool load_with_error_log() {
    LoadOptions options = options_.load();
    options.global_directives += options_.error_log_directive();
    auto bound = load_config(session_.reader, options_.main_file(), std::move(options));
    if (!bound) return false;
    bound_ = std::move(bound).value();
    config_ = merge(*bound_, options_.version());
    return true;
  }

  /// Errors of the configuration always stop it; those of the rules unless --no-lint.
  bool check() {
    std::vector<Diagnostic> findings;
    if (options_.no_lint) {
      findings = bound_->diagnostics();
      findings.insert(findings.end(), config_->diagnostics().begin(), config_->diagnostics().end());
    } else {
      lint::LintOptions lint_options;
      lint_options.versions = {options_.version(), options_.version()};
      lint_options.versions_named = true;
      findings = lint::lint(*bound_, lint_options).diagnostics;
    }
    const bool only_lint =
        std::all_of(findings.begin(), findings.end(), [](const Diagnostic& each) {
          return each.severity != Severity::kError || lint::find_rule(each.rule) != nullptr;
        });
    const std::size_t errors = tell_errors(findings);
    const auto warnings =
        std::count_if(findings.begin(), findings.end(),
                      [](const Diagnostic& each) { return each.severity == Severity::kWarning; });
    if (warnings != 0 && !options_.quiet) {
      complain(session_, fmt::format("{} (poolproof lint shows them)",
                                     counted(static_cast<std::size_t>(warnings), "warning")));
    }
    if (errors == 0) return true;
    refuse(only_lint ? "; nginx would take it, and --no-lint does" : "");
    return false;
  }

  bool plan() {
    runtime::SystemResolver resolver;
    runtime::PlanOptions options;
    options.resolver = &resolver;
    options.allow_unsupported = options_.allow_unsupported;
    options.prefix = options_.folder_of_relative_names();
    options.processors = std::max(1u, std::thread::hardware_concurrency());
    options.hostname = host_name();
    runtime::PlanResult result = runtime::build_plan(*config_, options);
    tell_errors(result.diagnostics);
    if (!options_.quiet) tell(result.diagnostics, Severity::kWarning);
    plan_ = std::move(result.plan);
    if (plan_) return true;
    const bool unsupported =
        std::any_of(result.diagnostics.begin(), result.diagnostics.end(),
                    [](const Diagnostic& each) { return each.rule == "not-supported"; });
    refuse(unsupported ? "; --allow-unsupported runs it without what is not supported" : "");
    return false;
  }

  /// The configuration is right; whether its files can be opened and its user exists is asked, too.
  void test() {
    const std::string error = runtime::Server(*plan_, host_name()).test();
    if (error.empty()) return tell_test("test is successful");
    fmt::print(stderr, "poolproof: [emerg] {}\n", error);
    refuse("");
  }

  void serve() {
    runtime::Server server(*plan_, host_name());
    const int failed = server.serve([this] { tell_started(); });
    if (failed != 0) session_.exit_code = ExitCode::kUnusable;
  }

  /// Scripts may wait for this line: the ports are open.
  void tell_started() const {
    if (options_.quiet) return;
    std::string listens;
    for (const runtime::ListenSocket& listen : plan_->listens) listens += " " + listen.text;
    complain(session_, fmt::format("serving as nginx {} does, {}, on{}", plan_->version_text,
                                   counted(plan_->worker_processes, "worker"),
                                   listens.empty() ? " nothing" : listens));
  }

  std::size_t tell(const std::vector<Diagnostic>& findings, Severity severity) {
    std::size_t count = 0;
    for (const Diagnostic& finding : findings) {
      if (finding.severity != severity) continue;
      ++count;
      print(stderr, text_of(finding, bound_->sources(), session_.err_style));
    }
    return count;
  }

  std::size_t tell_errors(const std::vector<Diagnostic>& findings) {
    return tell(findings, Severity::kError);
  }

  void refuse(std::string_view hint) {
    session_.exit_code = ExitCode::kFindings;
    if (options_.test_only) {
      complain(session_, fmt::format("configuration file {} test failed", options_.main_file()));
    } else {
      complain(session_, fmt::format("not started: {} is refused{}", options_.main_file(), hint));
    }
  }

  /// nginx's words, so that scripts that look for them find them.
  void tell_test(std::string_view verdict) {
    if (options_.quiet) return;
    complain(session_, fmt::format("the configuration file {} syntax is ok", options_.main_file()));
    complain(session_, fmt::format("configuration file {} {}", options_.main_file(), verdict));
  }

  Session& session_;
  const RunOptions& options_;
  std::unique_ptr<BoundConfig> bound_;
  std::unique_ptr<EffectiveConfig> config_;  // the plan has views into both
  std::unique_ptr<runtime::Plan> plan_;
};

}  // namespace

void add_run_command(CLI::App& app, Session& session) {
  auto options = std::make_shared<RunOptions>();  // lives as long as the callback that has it
  CLI::App* command = app.add_subcommand("run", "serve a configuration, with nginx's own flags");
  add_run_options(*command, *options);
  command->callback([&session, options] { RunCommand(session, *options).run(); });
}

}  // namespace poolproof::cli
