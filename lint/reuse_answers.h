// The verdict on a place together with what the backend does: one that a comment names may close
// each connection, and an answer that nginx does not read to its end costs one. What `routes` and
// `show` say.
#pragma once

#include "lint/answer_facts.h"
#include "lint/reuse.h"
#include "lint/told/backend_notes.h"

namespace poolproof::lint {

/// For one configuration, which must outlive it.
class ReuseAnswers {
 public:
  explicit ReuseAnswers(const EffectiveConfig& config);

  /// As reuse_of(), and `never` or `depends` where the backend ends what would be kept.
  ReuseVerdict of(const Location& location) const;

 private:
  void add_told_backends(const Location& location, ReuseVerdict& verdict) const;
  void add_answers(const Location& location, ReuseVerdict& verdict) const;

  const EffectiveConfig& config_;
  BackendNotes notes_;
  HeadAloneTargets targets_;
};

}  // namespace poolproof::lint
