// What nginx's rewrite module does in order (`set`, `if`, `return`, `rewrite`, `break`).
#pragma once

#include "translate/caddy/expression.h"

namespace poolproof::translate::caddy {

struct Script {
  Lines lines;
  bool always_answers = false;  // nothing after it is reached
  bool rewrites = false;        // the path may be another one afterwards: kRewritten says so
};

/// A matcher line that holds for requests whose path a script wrote anew.
inline constexpr std::string_view kRewritten = "vars {http.vars.rewritten} yes";

/// The statements of a server or location block. Where a `rewrite` in a location makes nginx search
/// the location again, that is told. Adds to the captures of `place`.
Script script_of(Shared& shared, TextPlace& place, Directive block);

}  // namespace poolproof::translate::caddy
