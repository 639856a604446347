// See linter.h.
#include "lint/linter.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "grammar/config/effective_config.h"
#include "lint/encoding.h"
#include "lint/pool_facts.h"
#include "lint/pooled_findings.h"
#include "lint/rule.h"
#include "lint/suppression.h"

namespace poolproof::lint {
namespace {

/// A finding as it stands in one or more stretches.
struct Finding {
  Diagnostic diagnostic;
  std::vector<bool> stretches;
  /// What its fixes change, per stretch: one finding may be that of several locations, each of
  /// which needs a line of its own.
  std::vector<std::vector<TextEdit>> edits;
  bool fix_is_whole = true;  // every report came with a fix
};

using FindingKey = std::tuple<SourceSpan, std::string, std::string>;
using EditKey = std::tuple<SourceSpan, std::string>;

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Collects the findings of all stretches, each once.
class Collector {
 public:
  explicit Collector(std::size_t stretch_count) : stretch_count_(stretch_count) {}

  void begin_stretch(std::size_t stretch) {
    stretch_ = stretch;
    edit_counts_.emplace_back();
  }

  void add(Diagnostic diagnostic) {
    if (diagnostic.fix) {
      for (const TextEdit& edit : diagnostic.fix->edits)
        ++edit_counts_.back()[{edit.span, edit.replacement}];
    }
    const FindingKey key{diagnostic.span, diagnostic.rule, diagnostic.message};
    auto [at, is_new] = findings_.try_emplace(key);
    Finding& finding = at->second;
    if (is_new) {
      finding.stretches.resize(stretch_count_);
      finding.edits.resize(stretch_count_);
    }
    add_edits(finding, diagnostic.fix);
    if (is_new) {
      finding.diagnostic = std::move(diagnostic);
    } else {
      join(finding.diagnostic, diagnostic);
    }
    finding.stretches[stretch_] = true;
  }

  /// How often in one stretch an edit was proposed, at most.
  std::size_t times_proposed(const TextEdit& edit) const {
    std::size_t most = 0;
    for (const auto& counts : edit_counts_) {
      const auto at = counts.find({edit.span, edit.replacement});
      if (at != counts.end()) most = std::max(most, at->second);
    }
    return most;
  }

  std::map<FindingKey, Finding>& findings() { return findings_; }

 private:
  void add_edits(Finding& finding, const std::optional<Fix>& fix) const {
    if (!fix) {
      finding.fix_is_whole = false;
      return;
    }
    std::vector<TextEdit>& edits = finding.edits[stretch_];
    for (const TextEdit& edit : fix->edits) {
      if (std::find(edits.begin(), edits.end(), edit) == edits.end()) edits.push_back(edit);
    }
  }

  /// The gravest severity (the smallest) and the most careful promise (the largest) are kept.
  static void join(Diagnostic& kept, const Diagnostic& other) {
    kept.severity = std::min(kept.severity, other.severity);
    if (!kept.fix || !other.fix) return;
    kept.fix->applicability = std::max(kept.fix->applicability, other.fix->applicability);
  }

  std::size_t stretch_count_;
  std::size_t stretch_ = 0;
  std::map<FindingKey, Finding> findings_;
  std::vector<std::map<EditKey, std::size_t>> edit_counts_;
};

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
      : config_(config), used_(all_directives().size()) {
    for (DirectiveId id = 0; id < config.directive_count(); ++id) {
      if (const DirectiveSpec* spec = config.at(id).spec) used_[index_of(*spec)] = true;
    }
  }

  bool has(std::string_view name) const {
    const auto rows = find_directives(name);
    return std::any_of(rows.begin(), rows.end(),
                       [this](const DirectiveSpec& spec) { return used_[index_of(spec)]; });
  }

  /// See Rule::needs.
  bool has_statement(std::string_view need) const {
    const std::size_t blank = need.find(' ');
    const std::string_view name = need.substr(0, blank);
    if (!has(name) || blank == std::string_view::npos) return has(name);
    for (DirectiveId id = 0; id < config_.directive_count(); ++id) {
      const BoundDirective& at = config_.at(id);
      if (at.spec == nullptr || at.spec->name != name) continue;
      if (begins_with(config_.directive(id), need.substr(blank + 1))) return true;
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
  std::vector<bool> used_;
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
                     const BackendNotes& notes, const std::vector<const Rule*>& rules,
                     Version version, Collector& collector) {
  for (const Diagnostic& diagnostic : notes.complaints()) collector.add(diagnostic);
  for (const Diagnostic& diagnostic : config.diagnostics()) collector.add(diagnostic);
  const std::unique_ptr<EffectiveConfig> effective = merge(config, version);
  for (const Diagnostic& diagnostic : effective->diagnostics()) collector.add(diagnostic);
  const std::unique_ptr<EffectiveConfig> before =
      options.upgrade_from ? merge(config, *options.upgrade_from) : nullptr;
  const PooledFindings pooled(*effective);
  const RuleInput input{config, *effective, version, options.told, notes, pooled, before.get()};
  for (const Rule* rule : rules) {
    if (!is_selected(options, *rule)) continue;
    RuleReport report(collector, *rule);
    rule->check(input, report);
  }
}

/// A file that is included several times may only be changed in a way that all its uses asked for.
bool right_for_all_uses(const BoundConfig& config, const Collector& collector, const Fix& fix) {
  return std::all_of(fix.edits.begin(), fix.edits.end(), [&](const TextEdit& edit) {
    const int uses = config.file(edit.span.file).times_included;
    return uses <= 1 || collector.times_proposed(edit) >= static_cast<std::size_t>(uses);
  });
}

/// The edits if all stretches in which it is found ask for the same ones.
std::optional<std::vector<TextEdit>> common_edits(const Finding& finding) {
  const std::vector<TextEdit>* common = nullptr;
  for (std::size_t i = 0; i < finding.stretches.size(); ++i) {
    if (!finding.stretches[i]) continue;
    if (common && *common != finding.edits[i]) return std::nullopt;
    common = &finding.edits[i];
  }
  return *common;
}

/// One fix for all versions and all places that it speaks for, or one that is only shown.
void settle_fix(Fix& fix, const Finding& finding, const BoundConfig& config,
                const Collector& collector) {
  auto edits = common_edits(finding);
  const bool whole = finding.fix_is_whole && edits;
  if (whole) fix.edits = std::move(*edits);
  if (whole && (fix.applicability == Applicability::kDisplayOnly ||
                right_for_all_uses(config, collector, fix))) {
    return;
  }
  fix.applicability = Applicability::kDisplayOnly;
}

Diagnostic finished(Finding& finding, const BoundConfig& config, const Collector& collector,
                    const std::vector<VersionRange>& stretches) {
  Diagnostic out = std::move(finding.diagnostic);
  out.versions = affected(finding.stretches, stretches);
  if (!out.versions.empty()) out.message += fmt::format(" (nginx {})", out.versions);
  if (out.fix) settle_fix(*out.fix, finding, config, collector);
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
  const std::vector<const Rule*> rules = needed_rules(config, notes);
  const std::vector<VersionRange> stretches = stretches_between(rules, options.versions);
  const std::vector<Diagnostic> badly_encoded = findings_about_encoding(config);
  Collector collector(stretches.size());
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    collector.begin_stretch(i);
    for (const Diagnostic& diagnostic : badly_encoded) collector.add(diagnostic);
    collect_stretch(config, options, notes, rules, stretches[i].first, collector);
  }

  LintResult result;
  Suppressions suppressions(config);
  for (auto& [key, finding] : collector.findings()) {
    // First the comments: one is of use even where its finding is left out for another reason.
    const bool silenced = suppressions.silences(finding.diagnostic);
    if (is_left_out(config, options, finding.diagnostic)) continue;
    if (silenced) {
      ++result.suppressed;
      continue;
    }
    result.diagnostics.push_back(finished(finding, config, collector, stretches));
  }
  const auto asked = [&options](std::string_view rule) { return was_asked(options, rule); };
  for (Diagnostic& complaint : suppressions.complaints(asked)) {
    if (is_left_out(config, options, complaint)) continue;
    result.diagnostics.push_back(std::move(complaint));
  }
  std::sort(result.diagnostics.begin(), result.diagnostics.end(), in_order);
  if (options.upgrade_from) mark_news(result, config, options);
  return result;
}

}  // namespace poolproof::lint
