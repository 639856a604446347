// poolproof routes: which of the places that pass requests on reuse their upstream connections?
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands/command.h"
#include "cli/commands/config_options.h"
#include "cli/linting.h"
#include "cli/report/json.h"
#include "cli/report/routes.h"
#include "cli/report/text.h"
#include "cli/session.h"
#include "lint/routes.h"

namespace poolproof::cli {
namespace {

struct RoutesArguments {
  std::string path;
  ConfigOptions config;
  std::string format = "text";
};

Result<std::unique_ptr<BoundConfig>> load(Session& session, const RoutesArguments& arguments) {
  if (arguments.path != "-") {
    return load_config(session.reader, arguments.path, arguments.config.load());
  }
  auto bytes = read_standard_input();
  if (!bytes) return bytes.error();
  return load_config_text(session.reader, "<stdin>", std::move(bytes).value(),
                          arguments.config.load());
}

/// What nginx refuses is told beside the answer: a configuration that does not start has no routes.
void tell_errors(Session& session, const BoundConfig& bound, const EffectiveConfig& config) {
  const auto tell = [&](const std::vector<Diagnostic>& findings) {
    for (const Diagnostic& finding : findings) {
      if (finding.severity != Severity::kError) continue;
      print(stderr, text_of(finding, bound.sources(), session.err_style));
      session.exit_code = worse(session.exit_code, exit_code_of(finding));
    }
  };
  tell(bound.diagnostics());
  tell(config.diagnostics());
}

void run(Session& session, const RoutesArguments& arguments) {
  auto bound = load(session, arguments);
  if (!bound) {
    complain(session,
             fmt::format("{}: cannot read this: {}", arguments.path, bound.error().message));
    session.exit_code = ExitCode::kUnusable;
    return;
  }
  const VersionRange versions = arguments.config.versions();
  const auto stretches = lint::merge_stretches(*bound.value(), versions);
  const auto routes = lint::routes(stretches);
  const SourceMap& sources = bound.value()->sources();
  print(stdout, arguments.format == "json"
                    ? json_text(routes_json(routes, sources))
                    : routes_text(routes, sources, to_string(versions.last), session.out_style));
  tell_errors(session, *bound.value(), *stretches.back().config);
}

}  // namespace

void add_routes_command(CLI::App& app, Session& session) {
  auto arguments =
      std::make_shared<RoutesArguments>();  // lives as long as the callback that has it
  CLI::App* command = app.add_subcommand(
      "routes", "say which locations reuse their upstream connections, and why not");
  command->add_option("CONF", arguments->path, "the main file, or - for standard input")
      ->required();
  add_load_options(*command, arguments->config);
  add_format_option(*command, arguments->format);
  command->callback([&session, arguments] { run(session, *arguments); });
}

}  // namespace poolproof::cli
