// Lints and fixes configurations in memory, for the tests of this folder.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "grammar/config/bound_config.h"
#include "lint/fixer.h"
#include "lint/linter.h"

namespace poolproof::test {

inline const std::string kFolder = "/etc/nginx/";
inline const std::string kMain = kFolder + "nginx.conf";

/// Files by path relative to the main file's folder; the main file under "".
using Files = std::map<std::string, std::string>;

inline MemoryFileReader reader_of(const Files& files) {
  MemoryFileReader reader;
  for (const auto& [path, text] : files) reader.add(path.empty() ? kMain : kFolder + path, text);
  return reader;
}

struct Linted {
  std::unique_ptr<BoundConfig> config;
  lint::LintResult result;
};

inline Linted lint_files(const Files& files, lint::LintOptions options = {}) {
  MemoryFileReader reader = reader_of(files);
  LoadOptions load;
  load.versions = options.versions;
  load.versions_named = options.versions_named;
  Linted out;
  out.config = std::move(load_config(reader, kMain, load)).value();
  out.result = lint::lint(*out.config, options);
  return out;
}

inline lint::FixResult fix_files(const Files& files, bool unsafe, lint::LintOptions options = {}) {
  MemoryFileReader reader = reader_of(files);
  lint::FixOptions fix;
  fix.lint = options;
  fix.load.versions = options.versions;
  fix.load.versions_named = options.versions_named;
  fix.unsafe = unsafe;
  return std::move(lint::fix_config(reader, kMain, fix)).value();
}

/// `files` with what the fix changed.
inline Files after_fix(Files files, const lint::FixResult& fixed) {
  for (const lint::FixedFile& file : fixed.files) {
    files[file.path == kMain ? "" : file.path.substr(kFolder.size())] = file.after;
  }
  return files;
}

/// "3:5 error rule message", with "conf.d/x.conf:" before it for an included file; one per line.
inline std::string describe(const BoundConfig& config, const lint::LintResult& result) {
  std::string out;
  for (const Diagnostic& diagnostic : result.diagnostics) {
    const SourceText& source = config.sources()[diagnostic.span.file];
    if (source.path() != kMain) out += source.path().substr(kFolder.size()) + ":";
    const LineColumn at = source.position(diagnostic.span.begin);
    out += std::to_string(at.line) + ":" + std::to_string(at.column) + " " +
           std::string(to_string(diagnostic.severity)) + " " + diagnostic.rule + " " +
           diagnostic.message + "\n";
  }
  return out;
}

}  // namespace poolproof::test
