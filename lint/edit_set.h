// Edits of several fixes that can be made together. Knows bytes and spans, no rules.
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "grammar/base/diagnostic.h"

namespace poolproof::lint {

class EditSet {
 public:
  /// Takes all edits of a fix, or none if one of them overlaps what was taken before. An edit that
  /// was taken before is shared; two insertions at one place stand in the order in which they came.
  bool add(const Fix& fix);

  bool empty() const { return edits_.empty(); }
  /// Files that have edits, sorted.
  std::vector<FileId> files() const;
  /// The edits of one file in the order of their places.
  std::vector<TextEdit> in(FileId file) const;
  /// `bytes` with the edits of that file made.
  std::string apply(FileId file, std::string_view bytes) const;

 private:
  bool fits(const TextEdit& edit) const;
  bool has(const TextEdit& edit) const;

  std::vector<TextEdit> edits_;  // as they came
  std::set<std::pair<SourceSpan, std::string>> by_place_;
};

}  // namespace poolproof::lint
