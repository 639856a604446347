// See linter.h.
#include "lint/linter.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "grammar/config/effective_config.h"
#include "lint/collector.h"
#include "lint/encoding.h"
#include "lint/file_tree.h"
#include "lint/joined_findings.h"
#include "lint/pool_facts.h"
#include "lint/pooled_findings.h"
#include "lint/rule.h"
#include "lint/suppression.h"

namespace poolproof::lint {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class RuleReport : public Report {
 public:
  RuleReport(Collector& collector, const Rule& rule) : collector_(collector), rule_(rule) {}
  void add(Diagnostic diagnostic) override {
    diagnostic.rule = rule_.name;
    collector_.add(std::move(diagnostic));
  }

 private:
  Collector& collector_;
  const Rule& rule_;
};

/// Which rows of the catalogue the configuration has statements of.
class UsedDirectives {
 public:
  explicit UsedDirectives(const BoundConfig& config)
      : config_(config),
        last_of_row_(all_directives().size(), kNoDirective),
        one_before_(config.directive_count(), kNoDirective) {
    for (DirectiveId id = 0; id < config.directive_count(); ++id) {
      const DirectiveSpec* spec = config.at(id).spec;
      if (spec == nullptr) continue;
      one_before_[id] = last_of_row_[index_of(*spec)];
      last_of_row_[index_of(*spec)] = id;
    }
  }

  /// See Rule::needs.
  bool has_statement(std::string_view need) const {
    const std::size_t blank = need.find(' ');
    const std::string_view words = blank == std::string_view::npos ? "" : need.substr(blank + 1);
    for (const DirectiveSpec& spec : find_directives(need.substr(0, blank))) {
      for (DirectiveId id = last_of_row_[index_of(spec)]; id != kNoDirective;
           id = one_before_[id]) {
        if (begins_with(config_.directive(id), words)) return true;
      }
    }
    return false;
  }

  bool meets_needs_of(const Rule& rule) const {
    return rule.needs.empty() ||
           std::any_of(rule.needs.begin(), rule.needs.end(),
                       [this](std::string_view need) { return has_statement(need); });
  }

 private:
  static bool begins_with(Directive at, std::string_view words) {
    for (std::size_t i = 0; !words.empty(); ++i) {
      const std::size_t end = std::min(words.find(' '), words.size());
      const std::string_view word = words.substr(0, end);
      if (i >= at.arg_count()) return false;
      if (!equal_ignoring_case(at.arg(i), word == kEmptyWord ? "" : word)) return false;
      words.remove_prefix(std::min(end + 1, words.size()));
    }
    return true;
  }

  static constexpr std::string_view kEmptyWord = R"("")";

  static std::size_t index_of(const DirectiveSpec& spec) {
    return static_cast<std::size_t>(&spec - all_directives().data());
  }

  const BoundConfig& config_;
  /// The statements of a row of the catalogue, the last one first.
  std::vector<DirectiveId> last_of_row_, one_before_;
};

std::vector<const Rule*> needed_rules(const BoundConfig& config, const BackendNotes& notes) {
  const UsedDirectives used(config);
  std::vector<const Rule*> out;
  for (const Rule& rule : all_rules()) {
    if (rule.for_told_backends && notes.is_empty()) continue;
    if (used.meets_needs_of(rule)) out.push_back(&rule);
  }
  return out;
}

bool is_selected(const LintOptions& options, const Rule& rule) {
  if (contains(options.ignore, rule.name)) return false;
  return options.select.empty() || contains(options.select, rule.name);
}

bool is_left_out(const BoundConfig& config, const LintOptions& options,
                 const Diagnostic& diagnostic) {
  if (contains(options.ignore, diagnostic.rule)) return true;
  return options.is_ignored &&
         options.is_ignored(config.sources()[diagnostic.span.file].path(), diagnostic.rule);
}

/// "before 1.29.7", "1.29.7 and later", "1.19.10 to before 1.29.7"; empty if all are affected.
std::string affected(const std::vector<bool>& hit, const std::vector<VersionRange>& stretches) {
  if (std::find(hit.begin(), hit.end(), false) == hit.end()) return "";
  std::string out;
  for (std::size_t i = 0; i < hit.size();) {
    if (!hit[i]) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < hit.size() && hit[end]) ++end;
    if (!out.empty()) out += ", ";
    if (i == 0) {
      out += fmt::format("before {}", to_string(stretches[end].first));
    } else if (end == hit.size()) {
      out += fmt::format("{} and later", to_string(stretches[i].first));
    } else {
      out += fmt::format("{} to before {}", to_string(stretches[i].first),
                         to_string(stretches[end].first));
    }
    i = end;
  }
  return out;
}

std::vector<Diagnostic> findings_about_encoding(const BoundConfig& config) {
  std::vector<Diagnostic> out;
  for (const LoadedFile& file : config.files()) {
    if (auto diagnostic = invalid_utf8(file)) out.push_back(std::move(*diagnostic));
  }
  return out;
}

void collect_stretch(const BoundConfig& config, const LintOptions& options,
                     const BackendNotes& notes, const FrontNotes& fronts,
                     const std::vector<const Rule*>& rules, const EffectiveConfig& effective,
                     const EffectiveConfig* before, Collector& collector) {
  for (const Diagnostic& diagnostic : fronts.complaints()) collector.add(diagnostic);
  for (const Diagnostic& diagnostic : notes.complaints()) collector.add(diagnostic);
  for (const Diagnostic& diagnostic : config.diagnostics()) collector.add(diagnostic);
  for (const Diagnostic& diagnostic : effective.diagnostics()) collector.add(diagnostic);
  const PooledFindings pooled(effective);
  const RuleInput input{config, effective, effective.version(), options.told, notes, fronts,
                        pooled, before};
  for (const Rule* rule : rules) {
    if (!is_selected(options, *rule)) continue;
    RuleReport report(collector, *rule);
    rule->check(input, report);
  }
}

/// The edits if all stretches in which it is found ask for the same ones.
std::optional<std::vector<TextEdit>> common_edits(const CollectedFinding& finding) {
  const std::vector<TextEdit>* common = nullptr;
  for (std::size_t i = 0; i < finding.stretches.size(); ++i) {
    if (!finding.stretches[i]) continue;
    if (common && *common != finding.edits[i]) return std::nullopt;
    common = &finding.edits[i];
  }
  return *common;
}

/// One fix for all versions and all places that it speaks for, or one that is only shown.
void settle_fix(Fix& fix, const CollectedFinding& finding, const Collector& collector) {
  // A text is there once, however often it is included.
  if (is_about_text(finding.diagnostic.rule)) return;
  auto edits = common_edits(finding);
  const bool is_same = edits.has_value();
  if (finding.fix_is_whole && is_same) fix.edits = std::move(*edits);
  if (fix.applicability == Applicability::kDisplayOnly) return;
  if (!finding.fix_is_whole) {
    fix.held_back = "it is not right for all places that use this text";
  } else if (!is_same) {
    fix.held_back = "versions of nginx need different lines; name one with --nginx-version";
  } else if (!collector.right_for_all_uses(fix)) {
    fix.held_back = "the file is included more than once, and not all of its uses ask for this edit";
  }
  if (!fix.held_back.empty()) fix.applicability = Applicability::kDisplayOnly;
}

/// A fix that reaches from a project's configuration into files of the machine is only shown.
void stay_inside(Fix& fix, const BoundConfig& config) {
  if (fix.applicability == Applicability::kDisplayOnly) return;
  for (const TextEdit& edit : fix.edits) {
    if (!is_outside_tree(config, edit.span.file)) continue;
    fix.applicability = Applicability::kDisplayOnly;
    fix.held_back = fmt::format("{} is outside of the folder of this configuration",
                                config.sources()[edit.span.file].path());
    return;
  }
}

Diagnostic finished(CollectedFinding& finding, const BoundConfig& config,
                    const Collector& collector, const std::vector<VersionRange>& stretches) {
  std::optional<Fix>& fix = finding.diagnostic.fix;
  if (fix) {
    settle_fix(*fix, finding, collector);
    stay_inside(*fix, config);
  }
  Diagnostic out = std::move(finding.diagnostic);
  out.versions = affected(finding.stretches, stretches);
  if (!out.versions.empty()) out.message += fmt::format(" (nginx {})", out.versions);
  return out;
}

/// Whether a comment that silences findings of this rule may be called unused: the rule was asked.
/// What the grammar finds (no table has its names) is always asked for.
bool was_asked(const LintOptions& options, std::string_view name) {
  const Rule* rule = find_rule(name);
  return rule != nullptr ? is_selected(options, *rule) : !contains(options.ignore, name);
}

bool in_order(const Diagnostic& a, const Diagnostic& b) {
  return std::tie(a.span, a.rule, a.message) < std::tie(b.span, b.rule, b.message);
}

/// Oldest first.
std::vector<VersionRange> stretches_between(const std::vector<const Rule*>& rules,
                                            VersionRange range) {
  std::vector<Version> cuts{kPoolByDefault};
  for (const Rule* rule : rules) {
    cuts.insert(cuts.end(), rule->changes_at.begin(), rule->changes_at.end());
  }
  std::sort(cuts.begin(), cuts.end());
  std::vector<VersionRange> stretches{range};
  for (const Version cut : cuts) {
    VersionRange& last = stretches.back();
    if (cut <= last.first || cut > last.last) continue;
    const Version end = range.last;
    last.last = cut.patch > 0 ? Version{cut.major, cut.minor, cut.patch - 1}
                              : Version{cut.major, cut.minor - 1, kLastPatch};
    stretches.push_back({cut, end});
  }
  return stretches;
}

}  // namespace

std::size_t LintResult::count(Severity severity) const {
  return static_cast<std::size_t>(
      std::count_if(diagnostics.begin(), diagnostics.end(),
                    [&](const Diagnostic& diagnostic) { return diagnostic.severity == severity; }));
}

std::vector<VersionRange> version_stretches(const BoundConfig& config, VersionRange range) {
  return stretches_between(needed_rules(config, BackendNotes(config)), range);
}

namespace {

/// Marks what the version that is upgraded from does not have.
void mark_news(LintResult& result, const BoundConfig& config, const LintOptions& options) {
  LintOptions old = options;
  old.versions = {*options.upgrade_from, *options.upgrade_from};
  old.upgrade_from.reset();
  std::set<std::pair<std::string, SourceSpan>> known;
  for (const Diagnostic& finding : lint(config, old).diagnostics) {
    known.emplace(finding.rule, finding.span);
  }
  for (Diagnostic& finding : result.diagnostics) {
    if (find_rule(finding.rule) == nullptr || finding.rule.starts_with("upgrade-")) continue;
    if (known.contains({finding.rule, finding.span})) continue;
    finding.message +=
        fmt::format(" (comes with the upgrade from {})", to_string(*options.upgrade_from));
  }
}

}  // namespace

LintResult lint(const BoundConfig& config, const LintOptions& options) {
  const BackendNotes notes(config);
  const FrontNotes fronts(config);
  const std::vector<const Rule*> rules = needed_rules(config, notes);
  const std::vector<VersionRange> stretches = stretches_between(rules, options.versions);
  const std::vector<Diagnostic> badly_encoded = findings_about_encoding(config);
  const std::unique_ptr<EffectiveConfig> effective = merge(config, stretches.front().first);
  const std::unique_ptr<EffectiveConfig> before =
      options.upgrade_from ? merge(config, *options.upgrade_from) : nullptr;
  Collector collector(config, stretches.size());
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    collector.begin_stretch(i);
    for (const Diagnostic& diagnostic : badly_encoded) collector.add(diagnostic);
    change_version(*effective, stretches[i].first);
    collect_stretch(config, options, notes, fronts, rules, *effective, before.get(), collector);
  }

  LintResult result;
  Suppressions suppressions(config);
  collector.for_each([&](CollectedFinding& finding) {
    // First the comments: one is of use even where its finding is left out for another reason.
    const bool silenced = suppressions.silences(finding.diagnostic);
    if (is_left_out(config, options, finding.diagnostic)) return;
    if (silenced) {
      ++result.suppressed;
      return;
    }
    result.diagnostics.push_back(finished(finding, config, collector, stretches));
  });
  const auto asked = [&options](std::string_view rule) { return was_asked(options, rule); };
  for (Diagnostic& complaint : suppressions.complaints(asked)) {
    if (is_left_out(config, options, complaint)) continue;
    result.diagnostics.push_back(std::move(complaint));
  }
  std::sort(result.diagnostics.begin(), result.diagnostics.end(), in_order);
  join_findings(result.diagnostics);
  if (options.upgrade_from) mark_news(result, config, options);
  return result;
}

}  // namespace poolproof::lint
