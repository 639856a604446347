// Which arguments of a statement nginx reads as texts with variables, or as the name of one.
// Private to grammar/config; knows no variables.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "grammar/config/bound_config.h"

namespace poolproof {

struct TextArgument {
  enum class Kind {
    kText,      // "a$name${b}"
    kVariable,  // all that follows the `$` is one name
  };
  std::string_view text;  // without what stands before it ("if=")
  std::size_t index = 0;
  Kind kind = Kind::kText;
};

/// Asked about statement after statement of one configuration.
class TextArguments {
 public:
  /// The options must outlive it.
  explicit TextArguments(const LoadOptions& options);

  /// Those that hold a `$`, until it is asked again. Empty for statements that know no variables in
  /// those versions.
  std::span<const TextArgument> of(Directive at);

 private:
  const LoadOptions& options_;
  /// How the arguments of each row of the catalogue are read, as far as one was asked for.
  std::vector<std::uint8_t> where_;
  std::vector<TextArgument> found_;
};

}  // namespace poolproof
