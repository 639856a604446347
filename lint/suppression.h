// Comments that silence findings: `# poolproof: ignore[rule, rule] reason` for the statement on its
// line or, on a line of its own, for the next statement with all that its block holds; and
// `# poolproof: ignore-file[rule] reason`. Each must name its rules and give a reason. Syntax
// errors and includes that cannot be read are not silenced: what was not read may hold anything.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/base/diagnostic.h"
#include "grammar/config/bound_config.h"
#include "lint/covering_spans.h"

namespace poolproof::lint {

inline constexpr std::string_view kUnusedSuppression = "unused-suppression";

struct Suppression {
  std::string rule;
  SourceSpan name;  // of the rule, in the comment
  SourceSpan comment;
  bool alone = false;  // the comment names no other rule
  SourceSpan covers;   // findings that begin in here are silenced
  bool used = false;
};

class Suppressions {
 public:
  explicit Suppressions(const BoundConfig& config);

  /// Whether the finding is silenced; remembers that the comment was of use.
  bool silences(const Diagnostic& diagnostic);
  /// Comments that are malformed, and those that silenced nothing although their rule was asked.
  std::vector<Diagnostic> complaints(
      const std::function<bool(std::string_view rule)>& was_asked) const;

 private:
  void read_file(const LoadedFile& file);
  void read_comment(const LoadedFile& file, std::size_t token);
  void read_names(const SyntaxTree& tree, std::string_view names, const Suppression& model);
  Diagnostic unused(const Suppression& suppression) const;

  const BoundConfig& config_;
  std::vector<Suppression> suppressions_;
  CoveringSpans covering_;  // of suppressions_
  std::vector<Diagnostic> malformed_;
};

}  // namespace poolproof::lint
