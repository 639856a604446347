// poolproof translate: the same configuration for another program.
#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands/command.h"
#include "cli/commands/config_options.h"
#include "cli/commands/translate_json.h"
#include "cli/loading.h"
#include "cli/report/text.h"
#include "cli/session.h"
#include "grammar/config/effective_config.h"
#include "translate/translation.h"

namespace poolproof::cli {
namespace {

constexpr std::string_view kJson = "json";

struct TranslateArguments {
  std::string source = "nginx";
  std::string target;
  JsonArguments json;
  std::string path = "/etc/nginx/nginx.conf";
  std::string directory;
  bool flatten = false;
  std::string target_version;
  ConfigOptions config;

  translate::TranslateOptions options() const {
    return {.flatten = flatten, .target_version = parse_version(target_version)};
  }
};

class TranslateCommand {
 public:
  TranslateCommand(Session& session, const TranslateArguments& arguments)
      : session_(session), arguments_(arguments) {}

  void run() {
    if (arguments_.source == "json") {
      if (arguments_.target == "nginx") {
        return translate_from_json(session_, arguments_.path, arguments_.directory,
                                   arguments_.json);
      }
      complain(session_, "--from json goes with --to nginx only");
      session_.exit_code = ExitCode::kUnusable;
      return;
    }
    if (arguments_.target == kJson) {
      return translate_to_json(session_, arguments_.path, arguments_.config.load(),
                               arguments_.json);
    }
    translate();
  }

 private:
  void translate() {
    const translate::Target* target = translate::find_target(arguments_.target);
    if (target == nullptr) {
      complain(session_, fmt::format("--to {} goes with --from json only", arguments_.target));
      session_.exit_code = ExitCode::kUnusable;
      return;
    }
    LoadOptions options = arguments_.config.load();
    options.allow_snippet = false;
    const auto bound = load_one(session_, arguments_.path, options);
    if (!bound) return;
    const auto config = merge(*bound, arguments_.config.versions().last);
    if (tell_errors(session_, *config) != 0) {
      complain(session_, "nothing is translated: nginx refuses this configuration");
      return;
    }
    const translate::Translation translation =
        translate::find_target(arguments_.target)->run(*config, arguments_.options());
    write(translation.files);
    tell_losses(translation.diagnostics, bound->sources());
  }

  void tell_losses(const std::vector<Diagnostic>& losses, const SourceMap& sources) {
    std::size_t errors = 0;
    for (const Diagnostic& loss : losses) {
      if (loss.severity == Severity::kError) ++errors;
      print(stderr, text_of(loss, sources, session_.err_style));
    }
    if (losses.empty()) return;
    complain(session_, fmt::format("{} not said in {}, of which {} may answer requests otherwise",
                                   counted(losses.size(), "thing"), arguments_.target, errors));
    if (errors != 0) session_.exit_code = worse(session_.exit_code, ExitCode::kFindings);
  }

  void write(const std::vector<translate::OutputFile>& files) {
    if (arguments_.directory.empty()) {
      for (const translate::OutputFile& file : files) print(stdout, file.text);
      return;
    }
    for (const translate::OutputFile& file : files) {
      const std::filesystem::path path = std::filesystem::path(arguments_.directory) / file.path;
      std::error_code error;
      std::filesystem::create_directories(path.parent_path(), error);
      std::ofstream out(path, std::ios::binary | std::ios::trunc);
      out << file.text;
      if (out.flush()) continue;
      complain(session_, fmt::format("{}: cannot write this", path.string()));
      session_.exit_code = ExitCode::kUnusable;
    }
  }

  Session& session_;
  const TranslateArguments& arguments_;
};

/// Not among the targets: it is about the text, which may be wrong, and not about the meaning.
bool is_of_text(const std::string& name) {
  return name == kJson || name == "nginx";
}

std::string target_names() {
  std::string names(kJson);
  for (const translate::Target& target : translate::targets()) {
    names += fmt::format(", {}", target.name);
  }
  return names;
}

std::string check_target(const std::string& name) {
  if (is_of_text(name) || translate::find_target(name) != nullptr) return {};
  return fmt::format("no target is called {}; there are: {}", name, target_names());
}

std::string check_single_version(const std::string& text) {
  return parse_version(text) ? std::string() : "this is no version: write it as 1.29.7";
}

}  // namespace

void add_translate_command(CLI::App& app, Session& session) {
  auto arguments =
      std::make_shared<TranslateArguments>();  // lives as long as the callback that has it
  CLI::App* command =
      app.add_subcommand("translate", "say the same configuration for another program");
  command->add_option("--to", arguments->target, target_names())
      ->type_name("TARGET")
      ->required()
      ->check(check_target);
  command->add_option("--from", arguments->source, "nginx, or json: a payload of crossplane's")
      ->check(CLI::IsMember({"nginx", "json"}))
      ->capture_default_str();
  command->add_option("CONF", arguments->path, "the main file, or - for standard input")
      ->capture_default_str();
  command->add_option("--dir", arguments->directory, "write the files there instead of printing")
      ->type_name("DIR");
  command->add_flag("--flatten", arguments->flatten,
                    "nginx: write what is inherited in each location");
  command
      ->add_option("--target-version", arguments->target_version,
                   "nginx: the version that is written for, if another one than --nginx-version")
      ->check(check_single_version);
  add_load_options(*command, arguments->config);
  add_config_file_options(*command, arguments->config);
  add_json_options(*command, arguments->json);
  command->callback([&session, arguments] {
    const bool has_config = arguments->source == "nginx";
    if (has_config && !read_config_file(session, arguments->config, arguments->path)) return;
    TranslateCommand(session, *arguments).run();
  });
}

}  // namespace poolproof::cli
