// CLI11 says that a word was not expected; which word would have been is found out here.
#include "cli/usage.h"

#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "grammar/base/nearest.h"

namespace poolproof::cli {
namespace {

std::string suggestion(std::string_view typed, const std::vector<std::string>& known) {
  const std::vector<std::string_view> names(known.begin(), known.end());
  const std::string_view meant = nearest(typed, names);
  return meant.empty() ? std::string() : fmt::format("; did you mean `{}`?", meant);
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

/// Of a word that nobody takes.
std::string not_expected(const CLI::App& app, const CLI::App* command, const std::string& word) {
  if (word.starts_with('-')) {
    const std::string name = word.substr(0, word.find('='));
    return fmt::format("there is no option `{}`{}", name,
                       suggestion(name, option_names(command != nullptr ? *command : app)));
  }
  if (command != nullptr) return fmt::format("`{}` is one argument too many", word);
  return fmt::format("there is no command `{}`{}", word, suggestion(word, command_names(app)));
}

}  // namespace

std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  const CLI::App* command = chosen.empty() ? nullptr : chosen.front();
  const std::vector<std::string> rest = app.remaining(true);
  const bool is_extra = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError);
  std::string what = error.what();
  if (!rest.empty() && (is_extra || command == nullptr)) {
    what = not_expected(app, command, rest.front());
  } else if (command == nullptr) {
    what = fmt::format("name a command: {}", joined(command_names(app)));
  }
  const std::string help = command == nullptr ? "" : command->get_name() + " ";
  return fmt::format("{} (`poolproof {}--help` tells more)", what, help);
}

}  // namespace poolproof::cli
