// What a translator takes and gives. A translator is a pure function over the merged configuration:
// inheritance, includes and defaults of the version are resolved before it begins.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/base/diagnostic.h"
#include "grammar/config/effective_config.h"

namespace poolproof::translate {

/// The rule name of every diagnostic of a translator.
inline constexpr std::string_view kNotTranslated = "not-translated";

struct OutputFile {
  std::string path;  // relative to the folder that is written to
  std::string text;
};

/// The promise: what is written behaves the same, and what cannot be said is a diagnostic. Severity
/// kError: some request is answered otherwise or goes elsewhere. kWarning: the answers are the
/// same, what differs is cost, limits of resources, or logs.
struct Translation {
  std::vector<OutputFile> files;  // never empty; the first is the main one
  std::vector<Diagnostic> diagnostics;
};

/// What the command line asks of single targets; the others ignore it.
struct TranslateOptions {
  bool flatten = false;  // nginx: what is inherited is written in each location
  std::optional<Version> target_version = {};  // nginx: other than the configuration's own
};

struct Target {
  std::string_view name;       // as `--to` takes it
  std::string_view summary;    // one line
  std::string_view main_file;  // how the main file is usually called: "haproxy.cfg"
  Translation (*translate)(const EffectiveConfig&) = nullptr;
  /// Instead of `translate`, of the targets that take options.
  Translation (*translate_with)(const EffectiveConfig&, const TranslateOptions&) = nullptr;

  Translation run(const EffectiveConfig& config, const TranslateOptions& options) const {
    return translate_with != nullptr ? translate_with(config, options) : translate(config);
  }
};

/// All targets, sorted by name.
std::span<const Target> targets();
const Target* find_target(std::string_view name);

/// Adds a diagnostic at the head of a statement.
void lose(Translation& out, Severity severity, Directive at, std::string message);

}  // namespace poolproof::translate
