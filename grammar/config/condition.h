// What stands between the parentheses of `if`, as nginx reads it (ngx_http_rewrite_if_condition,
// nginx 1.22.1). Evaluates nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "grammar/config/bound_config.h"

namespace poolproof {

enum class ConditionKind : std::uint8_t {
  kIsSet,  // not empty and not "0"
  kEqual,
  kNotEqual,
  kMatch,
  kNoMatch,
  kFileTest  // -f, -d, -e, -x and their negations
};

struct Condition {
  ConditionKind kind = ConditionKind::kIsSet;
  std::string_view subject;  // with its `$`; of a file test the option ("!-f")
  std::string_view operand;  // text with variables, a pattern, or a file name
  bool no_case = false;      // `~*`
};

/// The words between the parentheses of an `if`; empty if those are not where nginx wants them.
std::vector<std::string_view> condition_words(Directive at);

/// Nothing if nginx refuses the condition.
std::optional<Condition> parse_condition(Directive at);

}  // namespace poolproof
