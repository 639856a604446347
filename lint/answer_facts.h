// Which answers nginx does not read to their end, so that one with a body ends the connection.
// Asked by the rules about them and by the verdict of `routes`; nothing here reports anything.
#pragma once

#include <string_view>
#include <unordered_set>

#include "grammar/config/effective_config.h"

namespace poolproof::lint {

/// The `*_intercept_errors` and the `error_page` by which errors that ordinary traffic meets (400
/// to 499) are replaced at the location; both handles are empty where none are.
struct ReplacedErrors {
  Directive intercept;
  Directive page;
};
ReplacedErrors replaced_errors(const Location& location);

/// What nginx takes the head of alone.
enum class HeadAlone { kNo, kCheck /* auth_request */, kCopy /* mirror */ };

/// The locations that `auth_request` and `mirror` of one configuration name; it must outlive this.
class HeadAloneTargets {
 public:
  explicit HeadAloneTargets(const EffectiveConfig& config);
  /// The location must have a pass.
  HeadAlone of(const Location& location) const;

 private:
  std::unordered_set<std::string_view> checks_;
  std::unordered_set<std::string_view> copies_;
};

}  // namespace poolproof::lint
