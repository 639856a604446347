// Regular expressions as nginx has them (PCRE2, compiled with JIT where the machine can). Knows
// nothing of what is matched.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "grammar/base/result.h"
#include "runtime/request.h"

namespace poolproof::runtime {

enum class RegexCase : std::uint8_t { kSensitive, kInsensitive };

/// Immutable, may be shared by threads. Moves only.
class Regex {
 public:
  static Result<Regex> compile(std::string_view pattern, RegexCase letter_case);
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  /// Captures are views of `text`; groups that took no part are empty with null data.
  bool match(std::string_view text, Captures& captures) const;
  bool matches(std::string_view text) const;
  /// Named groups: name and number.
  const std::vector<std::pair<std::string, int>>& names() const { return names_; }

 private:
  Regex() = default;
  struct Free {
    void operator()(void* code) const;
  };
  std::unique_ptr<void, Free> code_;
  std::vector<std::pair<std::string, int>> names_;
  std::uint32_t pairs_ = 1;      // the whole match and its groups
  std::uint32_t last_name_ = 0;  // the highest number that has a name
};

}  // namespace poolproof::runtime
