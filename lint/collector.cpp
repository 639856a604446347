// See collector.h.
#include "lint/collector.h"

#include <algorithm>
#include <utility>

namespace poolproof::lint {
namespace {

/// More related places than these say nothing new.
constexpr std::size_t kMaxNotes = 4;

/// One place in a file that several locations include is found for each of them.
void add_notes(Diagnostic& kept, const Diagnostic& other) {
  for (const Note& note : other.notes) {
    if (kept.notes.size() >= kMaxNotes) return;
    const bool is_known = std::any_of(kept.notes.begin(), kept.notes.end(),
                                      [&](const Note& known) { return known.span == note.span; });
    if (!is_known) kept.notes.push_back(note);
  }
}

}  // namespace

void Collector::begin_stretch(std::size_t stretch) {
  stretch_ = stretch;
  edit_counts_.emplace_back();
}

void Collector::add(const Diagnostic& diagnostic) {
  if (!join(diagnostic)) keep(diagnostic);
}

void Collector::add(Diagnostic&& diagnostic) {
  if (!join(diagnostic)) keep(std::move(diagnostic));
}

/// False if it is new. The gravest severity (the smallest) and the most careful promise (the
/// largest) are kept.
bool Collector::join(const Diagnostic& diagnostic) {
  const auto at = by_key_.find(key_of(diagnostic));
  if (at == by_key_.end()) return false;
  CollectedFinding& finding = *at->second;
  finding.stretches[stretch_] = true;
  add_edits(finding, diagnostic.fix);
  Diagnostic& kept = finding.diagnostic;
  kept.severity = std::min(kept.severity, diagnostic.severity);
  add_notes(kept, diagnostic);
  if (!kept.fix || !diagnostic.fix) return true;
  kept.fix->applicability = std::max(kept.fix->applicability, diagnostic.fix->applicability);
  return true;
}

void Collector::keep(Diagnostic diagnostic) {
  CollectedFinding& finding = findings_.emplace_back();
  finding.diagnostic = std::move(diagnostic);
  finding.stretches.resize(stretch_count_);
  finding.stretches[stretch_] = true;
  add_edits(finding, finding.diagnostic.fix);
  by_key_.emplace(key_of(finding.diagnostic), &finding);
}

void Collector::add_edits(CollectedFinding& finding, const std::optional<Fix>& fix) {
  if (!fix) {
    finding.fix_is_whole = false;
    return;
  }
  finding.edits.resize(stretch_count_);
  std::vector<TextEdit>& edits = finding.edits[stretch_];
  for (const TextEdit& edit : fix->edits) {
    if (std::find(edits.begin(), edits.end(), edit) == edits.end()) edits.push_back(edit);
    if (config_.file(edit.span.file).times_included > 1) {
      ++edit_counts_.back()[{edit.span, edit.replacement}];
    }
  }
}

bool Collector::right_for_all_uses(const Fix& fix) const {
  return std::all_of(fix.edits.begin(), fix.edits.end(), [&](const TextEdit& edit) {
    const int uses = config_.file(edit.span.file).times_included;
    return uses <= 1 || times_proposed(edit) >= static_cast<std::size_t>(uses);
  });
}

/// How often in one stretch an edit was proposed, at most.
std::size_t Collector::times_proposed(const TextEdit& edit) const {
  std::size_t most = 0;
  for (const auto& counts : edit_counts_) {
    const auto at = counts.find({edit.span, edit.replacement});
    if (at != counts.end()) most = std::max(most, at->second);
  }
  return most;
}

}  // namespace poolproof::lint
