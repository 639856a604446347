// poolproof explain: the documentation of one rule.
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands/command.h"
#include "cli/report/paint.h"
#include "cli/session.h"
#include "grammar/base/nearest.h"
#include "lint/built_in_findings.h"
#include "lint/rule.h"

namespace poolproof::cli {
namespace {

/// Markdown reads well as it is; headings and code stand out where there is colour.
std::string painted(std::string_view markdown, const TextStyle& style) {
  if (!style.colour) return std::string(markdown);
  std::string out;
  bool in_code = false;
  while (!markdown.empty()) {
    const std::size_t end = std::min(markdown.find('\n'), markdown.size());
    const std::string_view line = markdown.substr(0, end);
    const bool is_fence = line.starts_with("```");
    if (is_fence) in_code = !in_code;
    const Colour colour = line.starts_with('#') && !in_code ? Colour::kBold : Colour::kDim;
    const bool plain = !line.starts_with('#') && !is_fence && !in_code;
    out += plain ? std::string(line)
                 : paint(line, in_code && !is_fence ? Colour::kFix : colour, style);
    out += '\n';
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
  }
  return out;
}

std::string no_page(const std::string& name) {
  std::vector<std::string_view> names;
  for (const lint::Rule& rule : lint::all_rules()) names.push_back(rule.name);
  for (const lint::BuiltInFinding& one : lint::built_in_findings()) names.push_back(one.name);
  const std::string_view meant = nearest(name, names);
  return meant.empty()
             ? fmt::format("there is no page on `{}`; `poolproof rules` lists the rules", name)
             : fmt::format(
                   "there is no page on `{}`; did you mean `{}`? (`poolproof rules` lists "
                   "them)",
                   name, meant);
}

void explain(Session& session, const std::string& name) {
  if (const lint::Rule* rule = lint::find_rule(name)) {
    print(stdout, painted(rule->documentation, session.out_style));
  } else if (const lint::BuiltInFinding* known = lint::find_built_in_finding(name)) {
    const std::string more = known->more.empty() ? "" : fmt::format("\n{}\n", known->more);
    print(stdout, painted(fmt::format("# {}\n\n{}\n{}", known->name, known->summary, more),
                          session.out_style));
  } else {
    complain(session, no_page(name));
    session.exit_code = ExitCode::kUnusable;
  }
}

}  // namespace

void add_explain_command(CLI::App& app, Session& session) {
  auto name = std::make_shared<std::string>();  // lives as long as the callback that has it
  CLI::App* command = app.add_subcommand("explain", "tell more of one rule");
  command->add_option("RULE", *name, "its name, as lint prints it in brackets")->required();
  command->callback([&session, name] { explain(session, *name); });
}

}  // namespace poolproof::cli
