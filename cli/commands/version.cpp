// poolproof version: what this is, and the nginx versions it knows.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands/command.h"
#include "cli/session.h"
#include "grammar/base/version.h"

namespace poolproof::cli {

void add_version_command(CLI::App& app, Session&) {
  app.add_subcommand("version", "print the version, and the nginx versions known")->callback([] {
    print(stdout, fmt::format("poolproof {}\nknows nginx {} to {}\n", POOLPROOF_VERSION,
                              to_string(kOldestVersion), to_string(kNewestVersion)));
  });
}

}  // namespace poolproof::cli
