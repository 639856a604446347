// The program: parses the command line and lets one command do its work.
#include <exception>
#include <memory>
#include <sstream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands/color_option.h"
#include "cli/commands/command.h"
#include "cli/help_format.h"
#include "cli/session.h"
#include "cli/usage.h"

namespace {

using namespace poolproof;
using namespace poolproof::cli;

constexpr const char* kDescription =
    "Lints, fixes, translates and runs nginx configuration, with an eye on one question:\n"
    "does your proxy reuse its connections to the backends?\n";

constexpr const char* kFooter =
    "Exit status: 0 nothing of severity warning or error, 1 findings, 2 something could not be "
    "read\n"
    "or used, 3 a defect of poolproof itself.";

void add_commands(CLI::App& app, Session& session) {
  app.formatter(std::make_shared<HelpFormat>());
  app.require_subcommand(1);
  app.footer(kFooter);
  app.set_version_flag("--version", "poolproof " POOLPROOF_VERSION);
  add_lint_command(app, session);
  add_fix_command(app, session);
  add_routes_command(app, session);
  add_translate_command(app, session);
  add_show_command(app, session);
  add_size_command(app, session);
  add_run_command(app, session);
  add_demo_command(app, session);
  add_rules_command(app, session);
  add_explain_command(app, session);
  add_completion_command(app, session);
  add_version_command(app, session);
  for (CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() != "run") add_color_option(*command, session);
  }
}

/// CLI11 answers --help and --version by an exception with code 0.
int usage(const Session& session, const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) {
    std::ostringstream text;
    app.exit(error, text);
    print(stdout, text.str());
    return static_cast<int>(output_was_lost() ? ExitCode::kUnusable : ExitCode::kClean);
  }
  complain(session, usage_message(app, error));
  return static_cast<int>(ExitCode::kUnusable);
}

}  // namespace

int main(int argc, char** argv) {
  Session session;
  session.out_style = style_of(stdout);
  session.err_style = style_of(stderr);
  CLI::App app(kDescription, "poolproof");
  try {
    add_commands(app, session);
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return usage(session, app, error);
  } catch (const std::exception& error) {
    complain(session, fmt::format("internal error: {}", error.what()));
    return static_cast<int>(ExitCode::kInternal);
  }
  if (output_was_lost()) {
    complain(session, "standard output cannot be written");
    session.exit_code = worse(session.exit_code, ExitCode::kUnusable);
  }
  return static_cast<int>(session.exit_code);
}
