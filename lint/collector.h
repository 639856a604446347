// Joins what is found in several stretches of versions: each finding once, with the stretches in
// which it stands and what its fixes would change. Knows no rule.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "grammar/base/diagnostic.h"
#include "grammar/config/bound_config.h"

namespace poolproof::lint {

/// A finding as it stands in one or more stretches.
struct CollectedFinding {
  Diagnostic diagnostic;
  std::vector<bool> stretches;
  /// What its fixes change, per stretch: one finding may be that of several locations, each of
  /// which needs a line of its own. Empty where no report came with a fix.
  std::vector<std::vector<TextEdit>> edits;
  bool fix_is_whole = true;  // every report came with a fix
};

class Collector {
 public:
  /// The configuration must outlive it.
  Collector(const BoundConfig& config, std::size_t stretch_count)
      : config_(config), stretch_count_(stretch_count) {}

  void begin_stretch(std::size_t stretch);
  /// Copies it only if it is new.
  void add(const Diagnostic& diagnostic);
  void add(Diagnostic&& diagnostic);

  /// A file that is included several times may only be changed in a way that all its uses asked
  /// for.
  bool right_for_all_uses(const Fix& fix) const;

  /// Sorted by place, rule and message. Whoever takes one may move it away, and then nothing may be
  /// added any more.
  template <class Take>
  void for_each(const Take& take) {
    for (const auto& [key, finding] : by_key_) take(*finding);
  }

 private:
  /// The texts are those of the diagnostic: there may be very many.
  using Key = std::tuple<SourceSpan, std::string_view, std::string_view>;
  using EditKey = std::tuple<SourceSpan, std::string>;

  static Key key_of(const Diagnostic& diagnostic) {
    return {diagnostic.span, diagnostic.rule, diagnostic.message};
  }
  bool join(const Diagnostic& diagnostic);
  void keep(Diagnostic diagnostic);
  void add_edits(CollectedFinding& finding, const std::optional<Fix>& fix);
  std::size_t times_proposed(const TextEdit& edit) const;

  const BoundConfig& config_;
  std::size_t stretch_count_;
  std::size_t stretch_ = 0;
  std::deque<CollectedFinding> findings_;  // they stay where they are: the keys point into them
  std::map<Key, CollectedFinding*> by_key_;
  /// Of files that are included several times, for each stretch.
  std::vector<std::map<EditKey, std::size_t>> edit_counts_;
};

}  // namespace poolproof::lint
