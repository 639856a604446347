// See completion.h.
#include "cli/completion.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/report/report.h"
#include "lint/rule.h"

namespace poolproof::cli {
namespace {

using Words = std::vector<std::string>;

std::string joined(const Words& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

Words rule_names() {
  Words names;
  for (const lint::Rule& rule : lint::all_rules()) names.emplace_back(rule.name);
  return names;
}

Words long_names(const CLI::App& command) {
  Words names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// "TEXT:{text,json}" taken apart; empty for what takes anything.
Words choices_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t begin = type.find('{');
  Words words;
  if (begin == std::string::npos) return words;
  std::string_view rest = std::string_view(type).substr(begin + 1, type.find('}') - begin - 1);
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    words.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return words;
}

Words values_of(const CLI::Option& option) {
  Words words = choices_of(option);
  const std::string type = option.get_type_name();
  if (type.ends_with(":RULE") || type.ends_with(":RULE=LEVEL")) return rule_names();
  if (type.ends_with(":SEVERITY")) return {"error", "warning", "info", "never"};
  if (type.ends_with(":FORMAT")) {
    for (const ReportFormat& format : report_formats()) words.emplace_back(format.name);
  }
  return words;
}

/// As fish reads it: a backslash goes before a quote inside and before a backslash.
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
  std::string options, values;
  Words commands;
  for (const CLI::App* command : app.get_subcommands({})) {
    const std::string& name = command->get_name();
    commands.push_back(name);
    options += fmt::format("    {}) words='{}' ;;\n", name, joined(long_names(*command)));
    for (const CLI::Option* option : command->get_options()) {
      const Words words = values_of(*option);
      if (words.empty() || option->get_lnames().empty()) continue;
      values += fmt::format("    '{} --{}') words='{}' ;;\n", name, option->get_lnames().front(),
                            joined(words));
    }
  }
  return fmt::format(
      "# Completion of poolproof for bash; in zsh after `autoload -U bashcompinit; bashcompinit`.\n"
      "_poolproof() {{\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}\n"
      "  local command=${{COMP_WORDS[1]}} words=''\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W '{} --help --version' -- \"$current\"))\n"
      "    return\n"
      "  fi\n"
      "  case \"$command $previous\" in\n"
      "{}"
      "  esac\n"
      "  if [ -z \"$words\" ] && [[ $current == -* ]]; then\n"
      "    case \"$command\" in\n"
      "{}"
      "    esac\n"
      "  elif [ -z \"$words\" ]; then\n"
      "    case \"$command\" in\n"
      "    explain) words='{}' ;;\n"
      "    completion) words='bash zsh fish' ;;\n"
      "    esac\n"
      "  fi\n"
      "  [ -z \"$words\" ] || COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "}}\n"
      "complete -o default -o bashdefault -F _poolproof poolproof\n",
      joined(commands), values, options, joined(rule_names()));
}

std::string fish_completion(const CLI::App& app) {
  std::string out = "# Completion of poolproof for fish.\n";
  for (const CLI::App* command : app.get_subcommands({})) {
    const std::string& name = command->get_name();
    out += fmt::format("complete -c poolproof -n __fish_use_subcommand -f -a {} -d {}\n", name,
                       in_quotes(command->get_description()));
    for (const CLI::Option* option : command->get_options()) {
      if (option->get_lnames().empty()) continue;
      const Words words = values_of(*option);
      const bool takes_value = option->get_type_size() != 0;
      out += fmt::format("complete -c poolproof -n '__fish_seen_subcommand_from {}' -l {}{}{}\n",
                         name, option->get_lnames().front(), takes_value ? " -r" : "",
                         words.empty() ? "" : fmt::format(" -f -a '{}'", joined(words)));
    }
  }
  return out + fmt::format(
                   "complete -c poolproof -n '__fish_seen_subcommand_from explain' -f -a '{}'\n"
                   "complete -c poolproof -n '__fish_seen_subcommand_from completion' -f -a 'bash "
                   "zsh fish'\n",
                   joined(rule_names()));
}

}  // namespace poolproof::cli
