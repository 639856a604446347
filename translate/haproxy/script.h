// What nginx's rewrite module does in order (`set`, `if`, `return`, `rewrite`, `break`) as rules.
#pragma once

#include <vector>

#include "translate/haproxy/expression.h"

namespace poolproof::translate::haproxy {

struct Script {
  std::vector<Rule> rules;
  bool always_answers = false;    // nothing after it is reached
  bool takes_captures = false;    // $1 to $9 may be those of one of its expressions
  std::string breaking_rewrites;  // those with `break`: proxy_pass replaces no path after them
  std::string rewrites;           // values of txn.rewrite that say that txn.path is another one
};

/// The statements of a server or location block. Where a `rewrite` in a location makes nginx search
/// the location again, that is told.
Script script_of(Shared& shared, const TextPlace& place, Directive block);

}  // namespace poolproof::translate::haproxy
