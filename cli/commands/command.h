// How the commands join the program: each adds itself to the parser and does its work in the
// callback, leaving its answer in Session::exit_code.
#pragma once

namespace CLI {
class App;
}

namespace poolproof::cli {

struct Session;

void add_lint_command(CLI::App& app, Session& session);
void add_fix_command(CLI::App& app, Session& session);
void add_routes_command(CLI::App& app, Session& session);
void add_translate_command(CLI::App& app, Session& session);
void add_show_command(CLI::App& app, Session& session);
void add_size_command(CLI::App& app, Session& session);
void add_run_command(CLI::App& app, Session& session);
void add_demo_command(CLI::App& app, Session& session);
void add_rules_command(CLI::App& app, Session& session);
void add_explain_command(CLI::App& app, Session& session);
void add_completion_command(CLI::App& app, Session& session);
void add_version_command(CLI::App& app, Session& session);

}  // namespace poolproof::cli
