// The order of questions is crossplane's: is the name known, may it stand here, is it a block, are
// there as many arguments as it takes.
#include "translate/crossplane/objection.h"

#include <fmt/format.h>

#include "grammar/syntax/values.h"

namespace poolproof::translate::crossplane {
namespace {

/// Blocks whose entries are no directives, or are not known.
constexpr ContextSet kUnchecked = Context::kUnknown | Context::kOther | Context::kMap |
                                  Context::kGeo | Context::kTypes | Context::kMatch;

std::string not_terminated(std::string_view name) {
  return fmt::format("directive \"{}\" is not terminated by \";\"", name);
}

std::string no_brace(std::string_view name) {
  return fmt::format("directive \"{}\" has no opening \"{{\"", name);
}

bool takes_count(const DirectiveSpec& row, std::size_t count, const VersionRange& versions) {
  return accepts_argument_count(row, count, versions.first) ||
         accepts_argument_count(row, count, versions.last);
}

std::string objection_of(const DirectiveSpec& row, const Statement& statement,
                         const VersionRange& versions) {
  const bool wants_block = row.is(DirectiveFlag::kBlock);
  if (wants_block && statement.terminator != Terminator::kOpenBrace) return no_brace(row.name);
  if (!wants_block && statement.terminator != Terminator::kSemicolon) {
    return not_terminated(row.name);
  }
  const auto& args = statement.args;
  if (!takes_count(row, args.size(), versions)) {
    return fmt::format("invalid number of arguments in \"{}\" directive", row.name);
  }
  if (row.is(DirectiveFlag::kOnOff) && args.size() == 1 && !parse_flag(args[0])) {
    return fmt::format("invalid value \"{}\" in \"{}\" directive, it must be \"on\" or \"off\"",
                       args[0], row.name);
  }
  return {};
}

std::string objection_in(Context context, const Statement& statement, UnknownNames unknown,
                         const VersionRange& versions) {
  const auto rows = find_directives(statement.name);
  if (rows.empty()) {
    if (unknown == UnknownNames::kTaken) return {};
    return fmt::format("unknown directive \"{}\"", statement.name);
  }
  std::string objection;
  bool is_allowed = false;
  for (const DirectiveSpec& row : rows) {
    if (!row.allowed_in(context)) continue;
    is_allowed = true;
    objection = objection_of(row, statement, versions);
    if (objection.empty()) return {};
  }
  if (is_allowed) return objection;
  return fmt::format("\"{}\" directive is not allowed here", statement.name);
}

}  // namespace

std::string objection(const Statement& statement, ContextSet contexts, UnknownNames unknown,
                      const VersionRange& versions) {
  for (ContextSet left = contexts & ~kUnchecked; left != 0; left &= left - 1) {
    const auto context = static_cast<Context>(left & (~left + 1));
    std::string found = objection_in(context, statement, unknown, versions);
    if (!found.empty()) return found;
  }
  if (statement.terminator != Terminator::kMissing) return {};
  return not_terminated(statement.name);
}

}  // namespace poolproof::translate::crossplane
