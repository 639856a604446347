// poolproof routes: which of the places that pass requests on reuse their upstream connections?
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands/command.h"
#include "cli/commands/config_options.h"
#include "cli/loading.h"
#include "cli/report/json.h"
#include "cli/report/routes.h"
#include "cli/session.h"
#include "lint/routes.h"

namespace poolproof::cli {
namespace {

struct RoutesArguments {
  std::string path;
  ConfigOptions config;
  std::string format = "text";
};

void run(Session& session, const RoutesArguments& arguments) {
  const auto bound = load_one(session, arguments.path, arguments.config.load());
  if (!bound) return;
  const VersionRange versions = arguments.config.versions();
  const auto stretches = lint::merge_stretches(*bound, versions);
  const auto routes = lint::routes(stretches);
  const SourceMap& sources = bound->sources();
  print(stdout, arguments.format == "json"
                    ? json_text(routes_json(routes, sources))
                    : routes_text(routes, sources, to_string(versions.last), session.out_style));
  tell_errors(session, *stretches.back().config);
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
  add_config_file_options(*command, arguments->config);
  add_format_option(*command, arguments->format);
  command->callback([&session, arguments] {
    if (read_config_file(session, arguments->config, arguments->path)) run(session, *arguments);
  });
}

}  // namespace poolproof::cli
