// Does a text match a pattern of the configuration? For maps, conditions and locations.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace poolproof {

/// A pattern that is asked often.
class CompiledPattern {
 public:
  CompiledPattern(std::string_view pattern, bool no_case);
  CompiledPattern(CompiledPattern&&) noexcept;
  CompiledPattern& operator=(CompiledPattern&&) noexcept;
  ~CompiledPattern();

  /// False also where the pattern is none (that is reported elsewhere).
  bool matches(std::string_view text) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Of a pattern that is asked once. False also where the pattern is none (that is reported
/// elsewhere).
bool regex_matches(std::string_view pattern, std::string_view text, bool no_case);

/// Why PCRE2, which nginx uses too, cannot compile a pattern.
struct RegexFault {
  std::string text;
  std::size_t offset = 0;  // in bytes
};
/// Nothing if it can.
std::optional<RegexFault> regex_fault(std::string_view pattern);

/// How many groups capture; 0 where the pattern is none.
std::size_t regex_captures(std::string_view pattern);

/// What the groups caught, by number ("1" to "9") and by name; empty where nothing matches.
std::vector<std::pair<std::string, std::string>> regex_groups(std::string_view pattern,
                                                              std::string_view text, bool no_case);

}  // namespace poolproof
