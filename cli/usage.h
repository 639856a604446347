// What is said where a command line cannot be understood.
#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace poolproof::cli {

/// What is wrong, the command or option that was probably meant, and where to read on.
std::string usage_message(const CLI::App& app, const CLI::ParseError& error);

}  // namespace poolproof::cli
