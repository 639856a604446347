// The directives that apply in a block, by name: own, inherited, and the defaults that people ask
// for. What `effective` prints and `show` explains is this list.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "grammar/config/effective_config.h"

namespace poolproof::translate::effective {

struct AppliedSetting {
  std::string_view name;
  OriginKind kind = OriginKind::kDefault;
  std::vector<Directive> statements;  // empty for kDefault
  std::string_view default_value;     // of kDefault: as nginx documents it
};

/// A list further out that applies nowhere in a block, because an inner one replaces all of it.
struct ReplacedList {
  std::string_view name;
  std::vector<Directive> statements;
};

/// Remembers what each block inherits; use one for a whole configuration.
class Settings {
 public:
  explicit Settings(const EffectiveConfig& config) : config_(config) {}

  /// Sorted by name, without defaults. Blocks are left out unless they inherit (`types`).
  std::vector<AppliedSetting> of(const Scope& scope);
  /// The same with the defaults that decide how a request of the location is answered: those of its
  /// protocol, and of the connection with the client.
  std::vector<AppliedSetting> of(const Location& location);

  std::vector<ReplacedList> replaced_in(const Scope& scope);

 private:
  using Names = std::vector<std::string_view>;
  const Names& names_in(const Scope& scope);

  const EffectiveConfig& config_;
  std::unordered_map<const Scope*, Names> names_;
};

/// "proxy" of kHttp, "fastcgi", ...: how the directives of a protocol begin.
std::string_view directive_prefix(Protocol protocol);

}  // namespace poolproof::translate::effective
