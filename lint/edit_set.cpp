// See edit_set.h.
#include "lint/edit_set.h"

#include <algorithm>
#include <iterator>

namespace poolproof::lint {
namespace {

/// Insertions at the edge of another edit do not overlap it.
bool overlap(const SourceSpan& a, const SourceSpan& b) {
  if (a.file != b.file) return false;
  if (a.begin == a.end && b.begin == b.end) return false;
  return a.begin < b.end && b.begin < a.end;
}

}  // namespace

bool EditSet::has(const TextEdit& edit) const {
  return by_place_.contains({edit.span, edit.replacement});
}

/// Those that are here do not overlap: the nearest before it and those that begin in it matter.
bool EditSet::fits(const TextEdit& edit) const {
  const SourceSpan& span = edit.span;
  auto at = by_place_.lower_bound({SourceSpan{span.file, span.begin, span.begin}, ""});
  if (at != by_place_.begin() && overlap(span, std::prev(at)->first)) return false;
  for (; at != by_place_.end(); ++at) {
    if (at->first.file != span.file || at->first.begin >= span.end) return true;
    if (overlap(span, at->first)) return false;
  }
  return true;
}

bool EditSet::add(const Fix& fix) {
  for (const TextEdit& edit : fix.edits) {
    if (!has(edit) && !fits(edit)) return false;
  }
  for (const TextEdit& edit : fix.edits) {
    if (by_place_.emplace(edit.span, edit.replacement).second) edits_.push_back(edit);
  }
  return true;
}

std::vector<FileId> EditSet::files() const {
  std::vector<FileId> out;
  for (const TextEdit& edit : edits_) out.push_back(edit.span.file);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<TextEdit> EditSet::in(FileId file) const {
  std::vector<TextEdit> here;
  for (const TextEdit& edit : edits_) {
    if (edit.span.file == file) here.push_back(edit);
  }
  std::stable_sort(here.begin(), here.end(),
                   [](const TextEdit& a, const TextEdit& b) { return a.span < b.span; });
  return here;
}

std::string EditSet::apply(FileId file, std::string_view bytes) const {
  std::string out;
  std::size_t at = 0;
  for (const TextEdit& edit : in(file)) {
    out += bytes.substr(at, edit.span.begin - at);
    out += edit.replacement;
    at = edit.span.end;
  }
  out += bytes.substr(at);
  return out;
}

}  // namespace poolproof::lint
