// poolproof rules: lists what lint looks for.
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands/command.h"
#include "cli/commands/config_options.h"
#include "cli/report/json.h"
#include "cli/report/paint.h"
#include "cli/report/wrap.h"
#include "cli/session.h"
#include "lint/built_in_findings.h"
#include "lint/rule.h"
#include "lint/told/backends.h"

namespace poolproof::cli {
namespace {

std::string_view fix_of(const lint::Rule& rule) {
  return rule.fix ? to_string(*rule.fix) : "none";
}

std::string text(const TextStyle& style) {
  std::string out;
  for (const lint::Rule& rule : lint::all_rules()) {
    out += fmt::format("{} {}\n", paint(rule.name, Colour::kBold, style),
                       paint(fmt::format("({}, fix: {})", to_string(rule.severity), fix_of(rule)),
                             Colour::kDim, style));
    out += wrapped(rule.summary, style.width, "  ");
  }
  out +=
      "\nBeside its rules lint reports what nginx itself refuses and what it could not read:\n\n";
  for (const lint::BuiltInFinding& one : lint::built_in_findings()) {
    out += paint(one.name, Colour::kBold, style) + "\n" + wrapped(one.summary, style.width, "  ");
  }
  return out + "\n`poolproof explain RULE` tells more of one.\n";
}

std::string idle_in_words(const lint::Backend& backend) {
  if (!backend.idle) return "keeps idle connections, or it is not known how long";
  if (backend.idle->count() == 0) return "closes after each answer";
  return fmt::format("closes idle connections after {} s", backend.idle->count());
}

/// What `# poolproof: backend=NAME` may say.
std::string backends(const TextStyle& style) {
  std::string out;
  for (const lint::Backend& backend : lint::all_backends()) {
    out += fmt::format(
        "{} {}: {}{}{}\n", paint(fmt::format("{:<16}", backend.key), Colour::kBold, style),
        backend.name, idle_in_words(backend),
        backend.idle_cost == lint::IdleCost::kProcess ? ", an idle one occupies a process" : "",
        backend.max_connections == 0 ? std::string()
                                     : fmt::format(", takes {}", backend.max_connections));
  }
  return out +
         "\nThese are defaults; say what is otherwise: `# poolproof: backend-idle=30s "
         "max-connections=500`.\n";
}

std::string json() {
  nlohmann::json rules = nlohmann::json::array();
  for (const lint::Rule& rule : lint::all_rules()) {
    rules.push_back({{"rule", rule.name},
                     {"severity", to_string(rule.severity)},
                     {"summary", rule.summary},
                     {"fix", rule.fix ? nlohmann::json(to_string(*rule.fix)) : nlohmann::json()}});
  }
  nlohmann::json built_in = nlohmann::json::array();
  for (const lint::BuiltInFinding& one : lint::built_in_findings()) {
    built_in.push_back({{"rule", one.name}, {"summary", one.summary}});
  }
  return json_text({{"rules", std::move(rules)}, {"built_in", std::move(built_in)}});
}

}  // namespace

void add_rules_command(CLI::App& app, Session& session) {
  struct Arguments {
    std::string format = "text";
    bool backends = false;
  };
  auto arguments = std::make_shared<Arguments>();  // lives as long as the callback that has it
  CLI::App* command = app.add_subcommand("rules", "list what lint looks for");
  add_format_option(*command, arguments->format);
  command->add_flag("--backends", arguments->backends,
                    "list what `# poolproof: backend=NAME` may name instead");
  command->callback([&session, arguments] {
    const bool as_json = arguments->format == "json";
    print(stdout, arguments->backends ? backends(session.out_style)
                  : as_json           ? json()
                                      : text(session.out_style));
  });
}

}  // namespace poolproof::cli
