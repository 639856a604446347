// The little program that `set`, `if`, `rewrite`, `return` and `break` make of a server or
// location, and how it is executed: flat, an `if` that is false jumps behind its block. Knows no
// location but as the pointer that becomes current in an `if`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/expression.h"
#include "runtime/regex.h"
#include "runtime/request.h"

namespace poolproof::runtime {

enum class ConditionKind : std::uint8_t {
  kTrue,
  kEqual,
  kNotEqual,
  kMatch,
  kNoMatch,
  kFile,
  kNoFile,
  kDirectory,
  kNoDirectory,
  kExists,
  kNotExists,
  kExecutable,
  kNotExecutable
};

/// Named groups of a pattern: slot of the variable, number of the group.
using NamedGroups = std::vector<std::pair<std::size_t, int>>;

/// The slot of a SetStep that sets $args.
inline constexpr std::size_t kArgsSlot = static_cast<std::size_t>(-1);

struct SetStep {
  std::size_t slot = 0;
  Expression value;
};
struct BreakStep {};
struct ReturnStep {
  int status = 0;
  Expression text;        // body, or the URL of a redirect
  bool has_text = false;  // "" is none, a variable that turns out empty is one
};
enum class RewriteFlag : std::uint8_t { kNone, kLast, kBreak, kRedirect, kPermanent };
struct RewriteStep {
  Regex pattern;
  NamedGroups named;
  Expression path;  // of the replacement, up to its `?`
  Expression args;  // behind the `?`
  bool has_args = false;
  bool keep_args = true;  // the request's own arguments follow; false: replacement ends in `?`
  RewriteFlag flag = RewriteFlag::kNone;  // a replacement with a scheme is kRedirect
};
struct IfStep {
  ConditionKind kind = ConditionKind::kTrue;
  Expression subject;
  Expression operand;  // of kEqual and kNotEqual
  std::optional<Regex> pattern;
  NamedGroups named;
  std::size_t end = 0;                     // index of the step behind the block
  const LocationPlan* location = nullptr;  // settings that become current; null in a server
};
using RewriteProgram =
    std::vector<std::variant<SetStep, BreakStep, ReturnStep, RewriteStep, IfStep>>;

/// What a program ended with.
struct RewriteResult {
  enum class Kind : std::uint8_t {
    kContinue,    // nothing that ends the phase
    kUriChanged,  // by `last` or by running to the end: a location is to be found again
    kReturn,      // `return` or a redirecting `rewrite`: status and text
    kError        // the answer is `status` (an internal failure)
  } kind = Kind::kContinue;
  int status = 0;
  std::string_view text;
  bool has_text = false;
};

/// Copies named groups of the last match into their variables.
void store_named_groups(const NamedGroups& named, Request& request);

/// Runs a program; may change uri, args, location, slots and captures of the request.
RewriteResult run_rewrites(const RewriteProgram& program, Request& request);

}  // namespace poolproof::runtime
