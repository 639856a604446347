// poolproof fix: repairs configurations, or shows as a patch what it would do.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands/command.h"
#include "cli/commands/config_options.h"
#include "cli/file_replacement.h"
#include "cli/fixed_files.h"
#include "cli/inputs.h"
#include "cli/linting.h"
#include "cli/loading.h"
#include "cli/report/paint.h"
#include "cli/report/paths.h"
#include "cli/report/text.h"
#include "cli/session.h"
#include "grammar/base/diff.h"
#include "lint/fixer.h"

namespace poolproof::cli {
namespace {

namespace fs = std::filesystem;

struct FixArguments {
  std::vector<std::string> paths;
  ConfigOptions config;
  std::vector<std::string> rules;
  bool unsafe = false;
  bool diff = false;
};

bool lies_below(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

/// What stands there may need repair, but nobody has looked at it: that is no success.
bool was_not_read(const Diagnostic& finding) {
  return finding.severity == Severity::kError && tells_of_unread(finding.rule);
}

class FixCommand {
 public:
  FixCommand(Session& session, FixArguments& arguments)
      : session_(session), arguments_(arguments), files_(session.reader) {}

  void run() {
    if (!read_config_file(session_, arguments_.config, arguments_.paths)) return;
    if (!read_baseline(session_, arguments_.config, baseline_)) return;
    const Inputs inputs = load_inputs(session_.reader, arguments_.paths, arguments_.config.load());
    for (const UnreadablePath& path : inputs.unreadable) {
      fail(fmt::format("{}: cannot read this: {}", path.path, path.message));
    }
    for (const EntryPoint& entry : inputs.entry_points) {
      if (entry.is_dump) {
        fail(
            fmt::format("{}: a dump of `nginx -T` cannot be repaired, only linted: fix the files "
                        "it was made from",
                        entry.path));
      } else if (entry.path == "-") {
        fix_standard_input(*entry.config);
      } else {
        fix_file(entry.path);
      }
    }
    if (arguments_.diff) {
      show_diffs();
    } else {
      write();
    }
    print(stderr, summary());
  }

 private:
  lint::FixOptions options() const {
    lint::FixOptions options;
    options.lint = arguments_.config.lint();
    options.load = arguments_.config.load();
    options.unsafe = arguments_.unsafe;
    options.rules = arguments_.rules;
    // Who names a rule means all of its findings.
    if (baseline_ && arguments_.rules.empty()) {
      options.leave_out = [this](const BoundConfig& config, std::vector<Diagnostic>& findings) {
        leave_out_known(*baseline_, config, findings);
      };
    }
    return options;
  }

  void fix_file(const std::string& path) {
    auto result = lint::fix_config(files_, path, options());
    if (!result) {
      fail(fmt::format("{}: cannot read this: {}", path, result.error().message));
      return;
    }
    for (const lint::FixedFile& file : result.value().files) {
      files_.add(file.path, file.before, file.after);
    }
    account(result.value());
  }

  /// The repaired text goes to standard output.
  void fix_standard_input(const BoundConfig& config) {
    const std::string bytes(config.sources()[config.files().front().id].bytes());
    const lint::FixResult result = lint::fix_text(session_.reader, "<stdin>", bytes, options());
    account(result);
    std::string after = bytes;
    for (const lint::FixedFile& file : result.files) {
      if (file.path == "<stdin>") {
        after = file.after;
      } else {
        files_.add(file.path, file.before, file.after);
      }
    }
    if (!arguments_.diff) {
      print(stdout, after);
    } else {
      show_patch("stdin", bytes, after);
    }
  }

  void account(const lint::FixResult& result) {
    for (const lint::AppliedFix& fix : result.applied) {
      ++applied_;
      log_ += fmt::format("{}:{}: {} {}\n", printable(fix.path), fix.line, printable(fix.title),
                          paint(fmt::format("[{}]", fix.rule), Colour::kDim, session_.err_style));
    }
    for (const lint::RejectedFix& fix : result.rejected) {
      complain(session_, fmt::format("{}:{}: left as it is [{}]: {}", fix.path, fix.line, fix.rule,
                                     fix.reason));
    }
    for (const auto& [rule, count] : result.remaining_unsafe) unsafe_[rule] += count;
    for (const Diagnostic& finding : result.remaining.diagnostics) {
      remaining_.add(finding);
      if (finding.fix && !finding.fix->held_back.empty()) tell_held_back(result, finding);
      if (was_not_read(finding))
        session_.exit_code = worse(session_.exit_code, exit_code_of(finding));
    }
  }

  void tell_held_back(const lint::FixResult& result, const Diagnostic& finding) {
    const auto& rules = arguments_.rules;
    if (!rules.empty() && std::find(rules.begin(), rules.end(), finding.rule) == rules.end())
      return;
    const SourceText& text = result.config->sources()[finding.span.file];
    complain(session_, fmt::format("{}:{}: left as it is [{}]: {}", text.path(),
                                   text.line_number(finding.span.begin), finding.rule,
                                   finding.fix->held_back));
  }

  void show_patch(const std::string& path, const std::string& before, const std::string& after) {
    const std::string patch = unified_diff(path, before, after);
    if (patch.empty()) return;
    session_.exit_code = worse(session_.exit_code, ExitCode::kFindings);
    print(stdout, paint_diff(patch, session_.out_style));
  }

  /// Where the names in the patch begin: all of them in one folder, so that it can be applied.
  fs::path patch_folder() const {
    const std::string here = session_.reader.canonical(".");
    for (const std::string& folder : {here, checkout_of(here)}) {
      const auto& files = files_.files();
      const bool holds_all = std::all_of(files.begin(), files.end(), [&](const auto& entry) {
        return lies_below(entry.first, folder);
      });
      if (holds_all) return folder;
    }
    return "/";
  }

  void show_diffs() {
    const fs::path folder = patch_folder();
    for (const auto& [real, file] : files_.files()) {
      show_patch(fs::path(real).lexically_relative(folder), file.before, file.after);
    }
    if (!files_.files().empty() && folder != session_.reader.canonical(".")) {
      log_ += fmt::format("the names in the patch begin at {0}: `patch -p1 -d {0}` applies it\n",
                          printable(folder.string()));
    }
  }

  /// All new files are written beside the old ones before the first takes its place: what can fail
  /// fails while nothing is changed yet.
  void write() {
    const InterruptionsHeld held;
    std::vector<std::pair<std::string, FileReplacement>> prepared;
    for (const auto& [real, file] : files_.files()) {
      auto replacement = FileReplacement::prepare(real, file.before, file.after);
      if (!replacement) {
        refuse(fmt::format("{}: {}", file.path, replacement.error().message));
        return;
      }
      prepared.emplace_back(file.path, std::move(replacement).value());
    }
    if (const auto changed = files_.changed_meanwhile()) {
      refuse(fmt::format("{}: changed meanwhile", *changed));
      return;
    }
    for (std::size_t i = 0; i < prepared.size(); ++i) {
      const auto failed = prepared[i].second.commit();
      if (!failed) continue;
      const std::string message = fmt::format("{}: {}", prepared[i].first, failed->message);
      if (take_back(prepared, i)) {
        refuse(message);
      } else {
        fail(message);
      }
      return;
    }
    written_ = prepared.size();
  }

  /// A mount in the place of a file, say, shows only when it is replaced: all or none.
  bool take_back(std::vector<std::pair<std::string, FileReplacement>>& replaced,
                 std::size_t count) {
    for (std::size_t i = count; i-- > 0;) {
      const auto failed = replaced[i].second.undo();
      if (!failed) continue;
      fail(fmt::format("{}: was changed and cannot be put back: {}", replaced[i].first,
                       failed->message));
      ++written_;
    }
    return written_ == 0;
  }

  void refuse(std::string_view message) {
    fail(fmt::format("{}; nothing was written", message));
    applied_ = 0;
    log_.clear();
  }

  void fail(std::string_view message) {
    session_.exit_code = worse(session_.exit_code, ExitCode::kUnusable);
    complain(session_, message);
  }

  /// "fixed 3 findings in 2 files; 2 more with --unsafe: rule-a (1), rule-b (1)".
  std::string summary() const {
    std::string out = log_;
    const std::size_t files = arguments_.diff ? files_.files().size() : written_;
    out += applied_ == 0 ? "nothing fixed"
                         : fmt::format("{} {}", arguments_.diff ? "would fix" : "fixed",
                                       counted(applied_, "finding"));
    if (applied_ != 0 && files != 0) out += fmt::format(" in {}", counted(files, "file"));
    std::size_t unsafe = 0;
    std::string rules;
    for (const auto& [rule, count] : unsafe_) {
      unsafe += count;
      rules += fmt::format("{}{} ({})", rules.empty() ? "" : ", ", rule, count);
    }
    if (unsafe != 0) out += fmt::format("; {} more with --unsafe: {}", unsafe, rules);
    const std::size_t left = remaining_.errors + remaining_.warnings;
    if (left > unsafe) {
      out += fmt::format("; {} left for you (poolproof lint shows them)",
                         counted(left - unsafe, "finding"));
    }
    return out + "\n";
  }

  Session& session_;
  FixArguments& arguments_;
  FixedFiles files_;
  std::optional<ReadBaseline> baseline_;
  std::string log_;
  std::size_t applied_ = 0, written_ = 0;
  std::map<std::string, std::size_t> unsafe_;
  Counts remaining_;
};

}  // namespace

void add_fix_command(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<FixArguments>();  // lives as long as the callback that has it
  CLI::App* command = app.add_subcommand("fix", "repair configurations");
  command->add_option("PATH", arguments->paths, "files, folders, or - for standard input")
      ->required();
  command->add_flag("--unsafe", arguments->unsafe,
                    "also what changes requests on the wire or guesses your intent");
  command->add_flag("--diff", arguments->diff,
                    "change nothing; print a patch (exit status 1 if there is one)");
  command->add_option("--rule", arguments->rules, "repair only what this rule finds (repeatable)")
      ->check(CLI::Validator(check_name, "RULE"))
      ->allow_extra_args(false);
  add_load_options(*command, arguments->config);
  add_rule_options(*command, arguments->config);
  add_told_options(*command, arguments->config);
  add_upgrade_option(*command, arguments->config);
  add_config_file_options(*command, arguments->config);
  add_baseline_option(*command, arguments->config);
  command->callback([&session, arguments] { FixCommand(session, *arguments).run(); });
}

}  // namespace poolproof::cli
