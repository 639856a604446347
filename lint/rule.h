// What a rule is: facts about it and one pure function. Rules see the effective configuration and
// what the user said about load and backends; they read no files, keep no state and print nothing.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/base/diagnostic.h"
#include "grammar/base/version.h"
#include "grammar/config/effective_config.h"
#include "lint/told/backend_notes.h"
#include "lint/told/front_notes.h"
#include "lint/told/told.h"

namespace poolproof::lint {

class PooledFindings;

/// What a rule may look at.
struct RuleInput {
  const BoundConfig& bound;
  const EffectiveConfig& config;  // merged for `version`
  Version version;
  const Told& told;
  const BackendNotes& backends;
  const FrontNotes& fronts;
  const PooledFindings& pooled;
  /// Merged for the version that is upgraded from; null if none was named.
  const EffectiveConfig* before = nullptr;
};

/// Takes what a rule finds. The rule's name is filled in.
class Report {
 public:
  virtual ~Report() = default;
  virtual void add(Diagnostic diagnostic) = 0;
};

enum class Group { kPool, kHeaders, kSizing, kProtocol, kClient, kTypography, kCleanup };

struct Rule {
  std::string_view name = {};  // kebab-case; the file's stem in snake_case; states the problem
  Group group = Group::kPool;
  Severity severity = Severity::kWarning;  // the gravest that it reports
  std::string_view summary = {};           // one sentence
  /// Versions at which its verdict changes; the linter asks it once for each stretch between them.
  std::span<const Version> changes_at = {};
  /// Directives of which a configuration must have one for the rule to find anything; it is not
  /// asked, and cuts no stretches, where there is none. Empty: it is always asked. A name may be
  /// followed by the first arguments that it must have (compared without case; `""` is an empty
  /// one): "proxy_http_version 2".
  std::span<const std::string_view> needs = {};
  /// It finds something only where comments say what a backend is: not asked, and cuts no
  /// stretches, where none does.
  bool for_told_backends = false;
  /// The best applicability that its fix can have; nothing if it has no fix.
  std::optional<Applicability> fix = std::nullopt;
  /// Its fix gives up what somebody may want more: it is made only where this rule is named.
  bool fix_only_if_named = false;
  void (*check)(const RuleInput&, Report&) = nullptr;
  /// The text of lint/rules/<rule>.md, filled in by the registry.
  std::string_view documentation = {};
};

/// All rules, sorted by name. Made by the build from the files in lint/rules: each <stem>.cpp
/// defines `Rule <stem>()`.
std::span<const Rule> all_rules();
const Rule* find_rule(std::string_view name);

/// Are its findings about the text of a file, whatever it is included in? Syntax errors are, and
/// those of the group kTypography.
bool is_about_text(std::string_view finding);

/// See Rule::fix_only_if_named; false for what is no rule.
bool is_fixed_only_if_named(std::string_view finding);

}  // namespace poolproof::lint
