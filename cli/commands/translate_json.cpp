// See translate_json.h.
#include "cli/commands/translate_json.h"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/session.h"
#include "translate/crossplane/build.h"
#include "translate/crossplane/json_text.h"
#include "translate/crossplane/payload.h"

namespace poolproof::cli {
namespace {

namespace crossplane = translate::crossplane;
namespace fs = std::filesystem;

constexpr unsigned kMostIndent = 16;
constexpr unsigned kUsualIndent = 4;

crossplane::PayloadOptions payload_options(const JsonArguments& arguments) {
  using namespace crossplane;
  PayloadOptions options;
  if (arguments.combine) options.layout = Layout::kCombined;
  if (arguments.include_comments) options.comments = Comments::kKept;
  if (arguments.single_file) options.includes = Includes::kLeftAlone;
  if (arguments.strict) options.unknown = UnknownNames::kRefused;
  options.ignore = arguments.ignore;
  return options;
}

void fail(Session& session, std::string_view message) {
  complain(session, message);
  session.exit_code = worse(session.exit_code, ExitCode::kUnusable);
}

Result<std::string> read(Session& session, const std::string& path) {
  return path == "-" ? read_standard_input() : session.reader.read(path);
}

/// All or none of the names must be free.
bool may_write(Session& session, const std::vector<crossplane::BuiltFile>& files,
               const fs::path& folder, const JsonArguments& arguments) {
  if (arguments.force) return true;
  for (const crossplane::BuiltFile& file : files) {
    std::error_code failed;
    if (!fs::exists(folder / file.path, failed)) continue;
    fail(session,
         fmt::format("{}: is there already; --force replaces it", (folder / file.path).string()));
    return false;
  }
  return true;
}

void write(Session& session, const crossplane::BuiltFile& file, const fs::path& folder) {
  const fs::path path = folder / file.path;
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << file.text;
  if (!out.flush()) fail(session, fmt::format("{}: cannot write this", path.string()));
}

}  // namespace

void add_json_options(CLI::App& command, JsonArguments& arguments) {
  command.add_flag("--combine", arguments.combine, "(json) one file, includes replaced");
  command.add_flag("--include-comments", arguments.include_comments, "(json) comments, too");
  command.add_flag("--single-file", arguments.single_file, "(json) do not follow includes");
  command.add_flag("--strict", arguments.strict, "(json) unknown directives are errors");
  command.add_option("--ignore", arguments.ignore, "(json) leave these directives out")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("-i,--indent", arguments.indent, "(json) blanks for each level")
      ->check(CLI::Range(0U, kMostIndent));
  command.add_flag("-t,--tabs", arguments.tabs, "(--from json) indent with tabs");
  command.add_flag("-f,--force", arguments.force, "(--from json) replace files that are there");
}

void translate_to_json(Session& session, const std::string& path, LoadOptions load,
                       const JsonArguments& arguments) {
  load.allow_snippet = false;
  const bool is_stdin = path == "-";
  auto bytes = read(session, path);
  if (!bytes && is_stdin) {
    return fail(session, fmt::format("-: cannot read this: {}", bytes.error().message));
  }
  const auto bound = bytes ? load_config_text(session.reader, is_stdin ? "<stdin>" : path,
                                              std::move(bytes).value(), std::move(load))
                           : nullptr;
  const auto payload = bound ? crossplane::payload(*bound, payload_options(arguments))
                             : crossplane::unreadable_payload(path, bytes.error().message);
  const auto indent = arguments.indent == 0 ? std::nullopt : std::optional(arguments.indent);
  print(stdout, crossplane::to_text(payload, indent));
}

void translate_from_json(Session& session, const std::string& path, const std::string& directory,
                         const JsonArguments& arguments) {
  const auto bytes = read(session, path);
  if (!bytes) return fail(session, fmt::format("{}: {}", path, bytes.error().message));
  const auto payload = crossplane::from_text(bytes.value());
  if (!payload) return fail(session, fmt::format("{}: {}", path, payload.error().message));
  crossplane::BuildOptions options;
  if (arguments.tabs) options.indentation = crossplane::Indentation::kTabs;
  options.blanks = arguments.indent == 0 ? kUsualIndent : arguments.indent;
  const auto files = crossplane::build(payload.value(), options);
  if (!files) return fail(session, fmt::format("{}: {}", path, files.error().message));
  if (directory.empty() && files.value().size() != 1) {
    return fail(session, fmt::format("{}: holds {} files; name a folder with --dir", path,
                                     files.value().size()));
  }
  if (!directory.empty() && !may_write(session, files.value(), directory, arguments)) return;
  for (const crossplane::BuiltFile& file : files.value()) {
    if (directory.empty()) {
      print(stdout, file.text);
    } else {
      write(session, file, directory);
    }
    if (file.complete) continue;
    complain(session,
             fmt::format("{}: the payload says \"failed\": what was wrong is missing", file.path));
    session.exit_code = worse(session.exit_code, ExitCode::kFindings);
  }
}

}  // namespace poolproof::cli
