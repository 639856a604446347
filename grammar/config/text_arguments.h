// Which arguments of a statement nginx reads as texts with variables, or as the name of one.
// Private to grammar/config; knows no variables.
#pragma once

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

/// Those that hold a `$`. Empty for statements that know no variables in those versions.
std::vector<TextArgument> text_arguments(Directive at, const LoadOptions& options);

}  // namespace poolproof
