// Repairs a configuration in memory: applies fixes, loads and lints again, until nothing more can
// be done. What it returns was loaded and linted; writing it to disk is the caller's business.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "grammar/base/file_reader.h"
#include "grammar/base/result.h"
#include "grammar/config/bound_config.h"
#include "lint/linter.h"

namespace poolproof::lint {

struct FixOptions {
  LintOptions lint;
  LoadOptions load;
  /// Apply fixes of Applicability::kUnsafe too.
  bool unsafe = false;
  /// Rules whose findings are repaired, the grammar's too; empty: all.
  std::vector<std::string> rules = {};
  /// Takes out of the findings what is to stay as it is; may be empty.
  std::function<void(const BoundConfig&, std::vector<Diagnostic>&)> leave_out = {};
};

struct FixedFile {
  std::string path;
  std::string before;
  std::string after;
};

/// One finding that was repaired.
struct AppliedFix {
  std::string rule;
  std::string title;
  std::string path;
  std::size_t line = 0;  // from 1, in the file as it was before any fix
};

/// A fix that made things worse, and so was taken back. A bug of the rule, or a configuration that
/// leaves no room for it.
struct RejectedFix {
  std::string rule;
  std::string title;
  std::string path;
  std::size_t line = 0;
  std::string reason;
};

struct FixResult {
  std::vector<FixedFile> files;  // only those that changed, in the order of reading
  std::vector<AppliedFix> applied;
  std::vector<RejectedFix> rejected;
  /// Fixes per rule that are left because they are unsafe and were not asked for.
  std::map<std::string, std::size_t> remaining_unsafe;
  /// The configuration as it is afterwards; `remaining` points into its sources.
  std::unique_ptr<BoundConfig> config;
  LintResult remaining;  // what is still found afterwards

  bool changed() const { return !files.empty(); }
};

/// An Error only if the main file cannot be read.
Result<FixResult> fix_config(FileReader& reader, const std::string& main_path,
                             const FixOptions& options);

/// The same for bytes at hand, `shown_as` naming them; an `nginx -T` dump is taken apart and its
/// files are fixed one by one.
FixResult fix_text(FileReader& reader, const std::string& shown_as, const std::string& bytes,
                   const FixOptions& options);

}  // namespace poolproof::lint
