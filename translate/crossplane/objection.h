// What crossplane finds wrong with one statement, in its words, judged by our catalogue.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grammar/catalogue/catalogue.h"
#include "translate/crossplane/payload.h"

namespace poolproof::translate::crossplane {

enum class Terminator { kSemicolon, kOpenBrace, kMissing };

struct Statement {
  std::string_view name;
  std::vector<std::string> args;  // without the Lua text of a Lua block
  Terminator terminator = Terminator::kSemicolon;
};

/// Judges it in every context of the set, in no particular version of nginx (a count of arguments
/// must suit the first or the last of `versions`). Empty if all is well; else the text without the
/// place.
std::string objection(const Statement& statement, ContextSet contexts, UnknownNames unknown,
                      const VersionRange& versions);

}  // namespace poolproof::translate::crossplane
