// Evaluates texts with variables as far as the configuration decides them, for one location. What
// only a request could tell stays in the result as a mark.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/config/condition.h"
#include "grammar/config/effective_config.h"
#include "grammar/config/script_writes.h"

namespace poolproof {

/// Stands in a value for text that is not known; never written in a configuration, since nginx's
/// variables cannot be told apart from it otherwise.
inline constexpr char kUnknownText = '\x01';

/// More values than this are not followed up: the result is then one unknown text.
inline constexpr std::size_t kMaxPossibleValues = 64;

/// A value that is longer than this is not followed up: `set $b $a$a` doubles with each line.
inline constexpr std::size_t kMaxKnownText = 1024;

/// "$name" or "${name}" without its marks; a text without them as it is.
std::string_view variable_name(std::string_view text);

class ValueResolver {
 public:
  /// `request` may be null: any request. All must outlive the resolver.
  ValueResolver(const EffectiveConfig& config, const Location& location,
                const RequestAssumption* request);

  /// Every text that the expression may become, without repeats.
  std::vector<std::string> evaluate(std::string_view expression) const;

 private:
  using Values = std::vector<std::string>;

  enum class Truth { kNo, kMaybe, kYes };

  void run_level(const Scope& scope, Directive taken_if);
  Truth truth_of(Directive condition) const;
  Truth truth_of(const Condition& condition, const std::string& subject) const;
  void run_set(Directive at, bool unconditional);
  void run_entering_locations();

  Values expand(std::string_view expression, int depth) const;
  Values variable(std::string_view name, int depth) const;
  Values configured_variable(std::string_view name, int depth) const;
  Values from_map(const MapVariable& map, int depth) const;
  Values request_variable(std::string_view name) const;

  const EffectiveConfig& config_;
  const Location& location_;
  const RequestAssumption* request_;
  ScriptWrites scripts_;
  std::map<std::string, Values, std::less<>> set_values_;  // of `set`, after the rewrite phase
  mutable int steps_left_ = 20'000;                        // maps may name maps many times over
};

}  // namespace poolproof
