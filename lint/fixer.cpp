// See fixer.h. The loop: pick fixes that do not overlap, apply, load, lint; what makes things worse
// is halved until the one fix that does it is known, and that is left out for good.
#include "lint/fixer.h"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "grammar/config/dump.h"
#include "lint/edit_set.h"
#include "lint/fix_guard.h"
#include "lint/line_origins.h"
#include "lint/overlay_reader.h"
#include "lint/rule.h"

namespace poolproof::lint {
namespace {

/// What cannot be ended is found by its place at first, then by its rule alone.
constexpr int kMostRestarts = 12;
constexpr int kPreciseRestarts = 6;

/// A fix can make room for another (a pool first, then its header); no chain is nearly this long.
constexpr int kMaxRounds = 40;

using Loader = std::function<Result<std::unique_ptr<BoundConfig>>(OverlayReader&)>;

struct State {
  std::unique_ptr<BoundConfig> config;
  LintResult result;
  Snapshot snapshot;
};

/// A finding that has the same key after an edit elsewhere.
std::string key_of(const BoundConfig& config, const Diagnostic& diagnostic) {
  const auto& sources = config.sources();
  return fmt::format("{}|{}|{}|{}", diagnostic.rule, sources[diagnostic.span.file].path(),
                     diagnostic.message, sources.text(diagnostic.span));
}

bool has_fix(const Diagnostic& finding) {
  return finding.fix && !finding.fix->edits.empty() &&
         finding.fix->applicability != Applicability::kDisplayOnly;
}

class FixLoop {
 public:
  FixLoop(FileReader& reader, Loader load, const FixOptions& options)
      : overlay_(reader), load_(std::move(load)), options_(options) {}

  Result<FixResult> run();

 private:
  using Batch = std::vector<const Diagnostic*>;

  Result<State> look();
  bool wanted(const Diagnostic& diagnostic) const;
  /// Is there a fix for it that this run may make?
  bool is_repairable(const Diagnostic& diagnostic) const;
  Batch pick() const;
  /// True if the batch, or a part of it, was applied; `state_` is then the new one.
  bool attempt(const Batch& batch);
  EditSet apply(const Batch& batch);
  /// The line of the file as it was before any fix.
  std::size_t original_line(const SourceText& text, SourceSpan span) const;
  void remember_originals(const BoundConfig& config);
  void note_applied(const BoundConfig& config, const Batch& batch, const EditSet& edits);
  void reject(const Diagnostic& diagnostic, std::string reason);
  /// Why the next state may not be, by what an earlier run could not end; empty if it may.
  std::string brings_forbidden(const State& next) const;
  /// Errors that were not there at first, by key; the value is the rule.
  std::map<std::string, std::string> new_and_grave() const;
  void tolerate(const State& state);
  void start_again();
  Result<bool> run_rounds();
  FixResult finish();

  OverlayReader overlay_;
  Loader load_;
  const FixOptions& options_;
  State state_;
  std::set<std::string> banned_;
  std::map<std::string, std::string> tolerated_;  // errors before anything is done
  std::set<std::string> forbidden_, forbidden_rules_;
  std::map<std::string, std::string> originals_;
  std::map<std::string, LineOrigins> lines_;  // by path
  std::vector<std::string> order_;
  FixResult out_;
};

Result<State> FixLoop::look() {
  auto config = load_(overlay_);
  if (!config) return config.error();
  State state;
  state.config = std::move(config).value();
  state.result = lint(*state.config, options_.lint);
  state.snapshot = take_snapshot(*state.config, state.result, options_.lint.versions, has_fix);
  if (options_.leave_out) options_.leave_out(*state.config, state.result.diagnostics);
  return state;
}

bool FixLoop::wanted(const Diagnostic& diagnostic) const {
  const auto& rules = options_.rules;
  if (rules.empty()) return !is_fixed_only_if_named(diagnostic.rule);
  return std::find(rules.begin(), rules.end(), diagnostic.rule) != rules.end();
}

bool FixLoop::is_repairable(const Diagnostic& diagnostic) const {
  if (!has_fix(diagnostic)) return false;
  return diagnostic.fix->applicability == Applicability::kSafe || options_.unsafe;
}

FixLoop::Batch FixLoop::pick() const {
  Batch batch;
  EditSet edits;
  // Broken text hides meaning: it is mended before anything is concluded from the rest.
  const bool broken = state_.snapshot.config_errors > 0;
  for (const bool text_first : {true, false}) {
    for (const Diagnostic& diagnostic : state_.result.diagnostics) {
      if (is_about_text(diagnostic.rule) != text_first || !wanted(diagnostic)) continue;
      if (!is_repairable(diagnostic) || banned_.contains(key_of(*state_.config, diagnostic)))
        continue;
      if (edits.add(*diagnostic.fix)) batch.push_back(&diagnostic);
    }
    if (broken && !batch.empty()) return batch;
  }
  return batch;
}

EditSet FixLoop::apply(const Batch& batch) {
  EditSet edits;
  for (const Diagnostic* diagnostic : batch) edits.add(*diagnostic->fix);
  for (const FileId file : edits.files()) {
    const SourceText& text = state_.config->sources()[file];
    overlay_.set(text.path(), edits.apply(file, text.bytes()));
  }
  return edits;
}

bool FixLoop::attempt(const Batch& batch) {
  const auto saved = overlay_.changed();
  const EditSet edits = apply(batch);
  auto next = look();
  std::vector<std::string> rules;
  for (const Diagnostic* diagnostic : batch) rules.push_back(diagnostic->rule);
  std::string reason =
      next ? what_got_worse(state_.snapshot, next.value().snapshot, rules) : next.error().message;
  const bool only_text = std::all_of(rules.begin(), rules.end(), is_about_text);
  if (reason.empty() && !only_text) reason = brings_forbidden(next.value());
  if (reason.empty()) {
    note_applied(*state_.config, batch, edits);
    state_ = std::move(next).value();
    if (only_text) tolerate(state_);
    return true;
  }
  overlay_.restore(saved);
  if (batch.size() == 1) {
    reject(*batch.front(), reason);
    return false;
  }
  const auto middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
  // After a half was applied the places of the other are stale: it gets its turn in the next round.
  return attempt(Batch(batch.begin(), middle)) || attempt(Batch(middle, batch.end()));
}

void FixLoop::note_applied(const BoundConfig& config, const Batch& batch, const EditSet& edits) {
  for (const Diagnostic* diagnostic : batch) {
    const SourceText& text = config.sources()[diagnostic->span.file];
    out_.applied.push_back({diagnostic->rule, diagnostic->fix->title, text.path(),
                            original_line(text, diagnostic->span)});
  }
  for (const FileId file : edits.files()) {
    const SourceText& text = config.sources()[file];
    lines_[text.path()].edited(text.bytes(), edits.in(file));
  }
}

std::size_t FixLoop::original_line(const SourceText& text, SourceSpan span) const {
  const std::size_t line = text.line_number(span.begin);
  const auto at = lines_.find(text.path());
  return at == lines_.end() ? line : at->second.of(line);
}

void FixLoop::reject(const Diagnostic& diagnostic, std::string reason) {
  banned_.insert(key_of(*state_.config, diagnostic));
  const SourceText& text = state_.config->sources()[diagnostic.span.file];
  out_.rejected.push_back({diagnostic.rule, diagnostic.fix->title, text.path(),
                           original_line(text, diagnostic.span), std::move(reason)});
}

void FixLoop::remember_originals(const BoundConfig& config) {
  for (const LoadedFile& file : config.files()) {
    const SourceText& text = config.sources()[file.id];
    if (originals_.try_emplace(text.path(), text.bytes()).second) order_.push_back(text.path());
  }
}

FixResult FixLoop::finish() {
  for (const std::string& path : order_) {
    const auto changed = overlay_.changed().find(path);
    if (changed == overlay_.changed().end() || changed->second == originals_[path]) continue;
    out_.files.push_back({path, originals_[path], changed->second});
  }
  for (const Diagnostic& diagnostic : state_.result.diagnostics) {
    if (!options_.unsafe && diagnostic.fix && wanted(diagnostic) &&
        diagnostic.fix->applicability == Applicability::kUnsafe) {
      ++out_.remaining_unsafe[diagnostic.rule];
    }
  }
  out_.config = std::move(state_.config);
  out_.remaining = std::move(state_.result);
  return std::move(out_);
}

/// Errors of rules, by key: the value is the rule. Not those that `--unsafe` would mend.
std::map<std::string, std::string> grave_findings(const State& state, const FixOptions& options) {
  std::map<std::string, std::string> out;
  for (const Diagnostic& finding : state.result.diagnostics) {
    if (!is_unwelcome(finding) || (!options.unsafe && has_fix(finding))) continue;
    out.emplace(key_of(*state.config, finding), finding.rule);
  }
  return out;
}

std::string FixLoop::brings_forbidden(const State& next) const {
  if (forbidden_.empty() && forbidden_rules_.empty()) return "";
  const auto before = grave_findings(state_, options_);
  for (const auto& [key, rule] : grave_findings(next, options_)) {
    if (before.contains(key)) continue;
    if (!forbidden_.contains(key) && !forbidden_rules_.contains(rule)) continue;
    return fmt::format("it brings `{}`, and the fix of that would do harm", rule);
  }
  return "";
}

std::map<std::string, std::string> FixLoop::new_and_grave() const {
  std::map<std::string, std::string> out = grave_findings(state_, options_);
  std::map<std::string, std::size_t> allowed, left;
  for (const auto& [key, rule] : tolerated_) ++allowed[rule];
  for (const auto& [key, rule] : out) ++left[rule];
  std::erase_if(out, [&](const auto& each) {
    return tolerated_.contains(each.first) || left[each.second] <= allowed[each.second];
  });
  return out;
}

void FixLoop::tolerate(const State& state) {
  tolerated_.merge(grave_findings(state, options_));
}

void FixLoop::start_again() {
  overlay_.restore({});
  banned_.clear();
  tolerated_.clear();
  originals_.clear();
  lines_.clear();
  order_.clear();
  out_ = {};
}

Result<bool> FixLoop::run_rounds() {
  auto first = look();
  if (!first) return first.error();
  state_ = std::move(first).value();
  tolerate(state_);
  for (int round = 0; round < kMaxRounds; ++round) {
    remember_originals(*state_.config);
    const Batch batch = pick();
    if (batch.empty()) break;
    attempt(batch);
  }
  return true;
}

Result<FixResult> FixLoop::run() {
  for (int restart = 0;; ++restart) {
    const auto done = run_rounds();
    if (!done) return done.error();
    const auto unwanted = new_and_grave();
    if (unwanted.empty() || restart == kMostRestarts) return finish();
    for (const auto& [key, rule] : unwanted) {
      forbidden_.insert(key);
      if (restart >= kPreciseRestarts) forbidden_rules_.insert(rule);
    }
    start_again();
  }
}

}  // namespace

Result<FixResult> fix_config(FileReader& reader, const std::string& main_path,
                             const FixOptions& options) {
  const Loader load = [&](OverlayReader& overlay) {
    return load_config(overlay, main_path, options.load);
  };
  return FixLoop(reader, load, options).run();
}

FixResult fix_text(FileReader& reader, const std::string& shown_as, const std::string& bytes,
                   const FixOptions& options) {
  if (auto dump = split_dump(bytes)) {
    MemoryFileReader files;
    for (auto& [path, content] : *dump) files.add(path, content);
    FixOptions inside = options;
    inside.load.path_map.clear();
    inside.load.folders_are_known = false;
    auto fixed = fix_config(files, dump->front().first, inside);
    if (fixed) return std::move(fixed).value();
  }
  const Loader load = [&](OverlayReader& overlay) -> Result<std::unique_ptr<BoundConfig>> {
    const auto changed = overlay.changed().find(shown_as);
    const bool is_changed = changed != overlay.changed().end();
    return load_config_text(overlay, shown_as, is_changed ? changed->second : bytes, options.load);
  };
  return std::move(FixLoop(reader, load, options).run()).value();
}

}  // namespace poolproof::lint
