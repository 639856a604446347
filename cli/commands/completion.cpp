// poolproof completion: the script that lets a shell complete command lines.
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/commands/command.h"
#include "cli/completion.h"
#include "cli/session.h"

namespace poolproof::cli {

void add_completion_command(CLI::App& app, Session&) {
  auto shell = std::make_shared<std::string>();  // lives as long as the callback that has it
  CLI::App* command = app.add_subcommand("completion", "print a script that completes commands");
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([&app, shell] {
    if (*shell == "zsh") print(stdout, "autoload -U bashcompinit; bashcompinit\n");
    print(stdout, *shell == "fish" ? fish_completion(app) : bash_completion(app));
  });
}

}  // namespace poolproof::cli
