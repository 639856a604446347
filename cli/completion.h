// Completion of command lines in shells.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace poolproof::cli {

/// A script for bash (and zsh with bashcompinit): commands, options, the values of options that
/// have few, names of rules; file names elsewhere. Made from the commands as they are.
std::string bash_completion(const CLI::App& app);
/// The same for fish.
std::string fish_completion(const CLI::App& app);

}  // namespace poolproof::cli
