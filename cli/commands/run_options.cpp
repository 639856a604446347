// nginx resolves -c against its compiled-in prefix where -p is missing; there is none here, so it
// is the current folder then.
#include "cli/commands/run_options.h"

#include <filesystem>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace poolproof::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDebianFile = "/etc/nginx/nginx.conf";

std::string check_version(const std::string& text) {
  if (parse_version(text)) return "";
  return fmt::format("`{}` is no nginx version (1.22, 1.22.1)", text);
}

/// As a word of the configuration.
std::string as_word(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

Version RunOptions::version() const {
  const auto range = parse_version_range(nginx_version);
  return range ? range->last : kNewestVersion;
}

std::string RunOptions::main_file() const {
  if (prefix.empty()) return file.empty() ? std::string(kDebianFile) : file;
  return fs::path(prefix) / (file.empty() ? "conf/nginx.conf" : file);
}

std::string RunOptions::folder_of_relative_names() const {
  std::error_code failed;
  const fs::path folder = prefix.empty() ? fs::path(main_file()).parent_path() : fs::path(prefix);
  std::string text = fs::absolute(folder.empty() ? "." : folder, failed).lexically_normal();
  if (!text.ends_with('/')) text += '/';
  return text;
}

std::string RunOptions::error_log_directive() const {
  return fmt::format(" error_log {};", as_word(error_log.empty() ? "stderr" : error_log));
}

LoadOptions RunOptions::load() const {
  LoadOptions options;
  options.prefix = prefix;
  options.versions = {version(), version()};
  options.versions_named = true;
  options.global_directives = global_directives;
  options.allow_snippet = false;
  return options;
}

void add_run_options(CLI::App& command, RunOptions& options) {
  command
      .add_option("-p", options.prefix,
                  "prefix: base of relative names (default: the folder of FILE)")
      ->type_name("DIR");
  command
      .add_option("-c", options.file,
                  "the main file, relative to the prefix if one is given "
                  "(default: PREFIX/conf/nginx.conf or /etc/nginx/nginx.conf)")
      ->type_name("FILE");
  command
      .add_option("-e", options.error_log,
                  "error log where the configuration names none (default: stderr)")
      ->type_name("FILE");
  command.add_option("-g", options.global_directives, "directives for the main context")
      ->type_name("DIRECTIVES");
  command.add_flag("-t", options.test_only, "check and exit");
  command.add_flag("-q", options.quiet, "say nothing but errors");
  command
      .add_option("--nginx-version", options.nginx_version,
                  "behave as this nginx does (default: the newest known)")
      ->check(CLI::Validator(check_version, "VERSION"));
  command.add_flag("--allow-unsupported", options.allow_unsupported,
                   "warn of directives that are not executed instead of refusing them");
  command.add_flag("--no-lint", options.no_lint, "do not let findings of lint stop it");
}

}  // namespace poolproof::cli
