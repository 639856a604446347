// Which map takes $1 to $9 over: the expressions of a `map` are asked when its variable is, and
// what they take replaces what a location or a `rewrite` took (ngx_http_map_find of nginx 1.22.1).
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "grammar/config/effective_config.h"

namespace poolproof::translate {

struct TakenCapture {
  Directive at;          // where the capture is named
  std::string_view map;  // without `$`
};

/// Sees the variables of a location in nginx's order.
class MapCaptures {
 public:
  explicit MapCaptures(const EffectiveConfig& config) : config_(config) {}

  /// From here on captures are those of another location or expression.
  void begin();

  /// When a statement is run: those of the rewrite module one by one, then those of the request
  /// that goes upstream, in an order that is not known, then `add_header`.
  enum class Phase { kScript, kRequest, kAnswer };

  /// A variable, without `$`, of a statement.
  std::optional<TakenCapture> see(std::string_view variable, Phase phase, Directive at);

 private:
  bool asks_expressions(std::string_view variable);

  const EffectiveConfig& config_;
  std::map<std::string_view, bool> known_;
  std::map<Phase, std::string_view> maps_;  // the first one of each phase
  Directive capture_at_;                    // of the request that goes upstream
};

}  // namespace poolproof::translate
